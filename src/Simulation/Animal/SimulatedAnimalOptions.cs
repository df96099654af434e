namespace ClosedLoop.Simulation;

/// <summary>The animal that is simulated: what is planted in it, and what it does.</summary>
public sealed record SimulatedAnimalOptions
{
    /// <summary>Seed of what the animal does. The same seed gives the same life, bit for bit.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Seed of which individual it is: where its keypoints sit. The same individual can live many days.</summary>
    public int IndividualSeed { get; init; } = 1;

    /// <summary>Size relative to the body's description.</summary>
    public double Scale { get; init; } = 0.92;

    /// <summary>Mass, kg; null: the description's mass times the cube of <see cref="Scale"/>.</summary>
    public double? MassKg { get; init; } = 0.27;

    /// <summary>
    /// Standard deviation per axis, metres, by which the keypoints' places on this animal differ from the description's
    /// (drawn once from <see cref="IndividualSeed"/>, at most twice as large; mirror-symmetric in left and right pairs except a third).
    /// </summary>
    public double OffsetSdM { get; init; } = 0.0025;

    /// <summary>Height of the floor in the coordinates of the keypoints, metres: what a calibration gets wrong.</summary>
    public double FloorHeightM { get; init; }

    /// <summary>The animal turns back before this distance from the middle, metres.</summary>
    public double ArenaRadiusM { get; init; } = 0.5;

    /// <summary>
    /// What it does, one behaviour after the other, each for so many seconds and again from the beginning at the end;
    /// null: a random sequence. At the wall it turns back whatever is listed.
    /// </summary>
    public IReadOnlyList<(Behaviour Behaviour, double Seconds)>? Sequence { get; init; }
}
