using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>How one animal and its arena look to the cameras.</summary>
/// <param name="Coat">The animal's colours and markings.</param>
/// <param name="Scenery">The arena's floor, walls, things and lamps.</param>
public sealed record AnimalLook(RodentCoat Coat, ArenaScenery Scenery)
{
    /// <summary>Draws a look from a seed: any laboratory strain, floor, wall and light. The same seed gives the same look.</summary>
    public static AnimalLook Draw(int seed) => new(CoatDrawing.Draw(new(seed, "coat")), SceneryDrawing.Draw(new(seed, "scenery")));
}
