using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>Draws an arena: floor, wall, what stands about, lamps.</summary>
internal static class SceneryDrawing
{
    public static ArenaScenery Draw(RandomStream random)
    {
        var ground = Paint(random, 0.05, 0.9);
        var wall = random.Uniform();
        var shadows = random.Uniform() < 0.5;
        return new()
        {
            FloorPainting = FloorPainting.Draw(random, ground),
            Ground = ground,
            Sky = (Paint(random, 0.1, 1), Paint(random, 0.1, 1)),
            Ambient = Light(random, random.Uniform(0.18, 0.5)),
            Headlight = Light(random, random.Uniform() < 0.5 ? random.Uniform(0.05, 0.3) : 0),
            Lamps = [.. Enumerable.Range(0, 1 + (int)(random.Uniform() * 3)).Select(i => Lamp(random, i == 0 ? 0.55 : 0.25, shadows && i == 0))],
            WallRadiusM = wall < 0.45 ? 0 : random.Uniform(0.44, 0.52),
            // A wall that hides nothing is low, a high one is clear.
            WallHeightM = wall < 0.8 ? random.Uniform(0.01, 0.05) : random.Uniform(0.1, 0.3),
            Wall = [.. Paint(random, 0.05, 0.95), wall < 0.8 ? 1 : random.Uniform(0.05, 0.22)],
            FloorShine = random.Uniform(0, 0.25),
            Boxes = [.. Enumerable.Range(0, (int)(random.Uniform() * 9)).Select(_ => Thing(random))],
        };
    }

    /// <summary>A colour: mostly nearly grey, as laboratories are, sometimes vivid.</summary>
    public static double[] Paint(RandomStream random, double darkest, double lightest)
    {
        var lightness = random.Uniform(darkest, lightest);
        var colour = random.Uniform() < 0.65 ? 0.12 : 0.7;
        double Channel() => Math.Clamp(lightness * (1 + (colour * random.Uniform(-1, 1))), 0, 1);
        return [Channel(), Channel(), Channel()];
    }

    private static double[] Light(RandomStream random, double strength)
    {
        var warmth = random.Uniform(-0.15, 0.15);
        return [strength * (1 + warmth), strength, strength * (1 - warmth)];
    }

    private static (IReadOnlyList<double>, IReadOnlyList<double>, bool) Lamp(RandomStream random, double strength, bool shadows)
    {
        var azimuth = random.Uniform(0, 2 * Math.PI);
        var slope = random.Uniform(0, 0.9);
        return ([slope * Math.Cos(azimuth), slope * Math.Sin(azimuth), -1], Light(random, strength * random.Uniform(0.5, 1.3)), shadows);
    }

    // Outside the arena: behind it as some camera sees it.
    private static (IReadOnlyList<double>, IReadOnlyList<double>, double, IReadOnlyList<double>) Thing(RandomStream random)
    {
        var azimuth = random.Uniform(0, 2 * Math.PI);
        var distance = random.Uniform(0.85, 1.8);
        double[] half = [random.Uniform(0.02, 0.2), random.Uniform(0.02, 0.2), random.Uniform(0.02, 0.25)];
        return ([distance * Math.Cos(azimuth), distance * Math.Sin(azimuth), half[2]], half, random.Uniform(0, Math.PI), Paint(random, 0.05, 0.95));
    }
}
