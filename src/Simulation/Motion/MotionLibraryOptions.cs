namespace ClosedLoop.Simulation;

/// <summary>How much reference motion is made, and of what.</summary>
public sealed record MotionLibraryOptions
{
    /// <summary>Minutes of motion of the repertoire and of postures, without the varied copies.</summary>
    public double Minutes { get; init; } = 30;

    /// <summary>Seed of everything; libraries of different seeds share nothing.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Frames of a clip, at 50 a second.</summary>
    public int ClipFrames { get; init; } = 250;

    /// <summary>Share of the minutes that goes to animals that take up postures beyond habits.</summary>
    public double PostureShare { get; init; } = 0.1;

    /// <summary>Share of the minutes that goes to bodies whose servos are given random postures.</summary>
    public double SetPointShare { get; init; } = 0.6;

    /// <summary>For each clip so many copies with postures, pace and smoothness varied.</summary>
    public double VariedCopies { get; init; } = 0.5;

    /// <summary>Threads that simulate.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
