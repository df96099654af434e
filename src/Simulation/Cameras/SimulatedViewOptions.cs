namespace ClosedLoop.Simulation;

/// <summary>An animal, its arena and the cameras that film it.</summary>
public sealed record SimulatedViewOptions
{
    /// <summary>Seed of what the animal does and of the images' noise.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Seed of how animal and arena look; see <see cref="AnimalLook.Draw"/>.</summary>
    public int Appearance { get; init; } = 1;

    /// <summary>Size of the animal relative to the body's.</summary>
    public double Scale { get; init; } = 0.92;

    /// <summary>Noise of the images relative to that of a good camera; 0: none.</summary>
    public double Noise { get; init; } = 1;

    /// <summary>The cameras.</summary>
    public SimulatedRigOptions Rig { get; init; } = new();

    /// <summary>What the animal does, as <see cref="SimulatedAnimalOptions.Sequence"/>; null: a random sequence.</summary>
    public IReadOnlyList<(Behaviour Behaviour, double Seconds)>? Sequence { get; init; }

    /// <summary>How finely it is drawn.</summary>
    public ViewRendererOptions Drawing { get; init; } = new();
}
