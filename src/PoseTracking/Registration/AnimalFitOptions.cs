using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>How an animal is fitted.</summary>
public sealed record AnimalFitOptions
{
    /// <summary>What to call the animal.</summary>
    public string Name { get; init; } = "rat";

    /// <summary>The file that the keypoints came from, for the animal file; null where they came from none.</summary>
    public string? SourceFile { get; init; }

    /// <summary>Which of the source's frames were given, as in "0:600", for the animal file; null: all.</summary>
    public string? SourceFrames { get; init; }

    /// <summary>How many of the given frames the offsets are fitted on; they are spread over all that were given.</summary>
    public int Samples { get; init; } = 100;

    /// <summary>Seed of the choice of frames.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Rounds of alternating pose and offset solves before both are refined together.</summary>
    public int Rounds { get; init; } = 6;

    /// <summary>Size of the animal relative to the body where it is known; null: fitted.</summary>
    public double? Scale { get; init; }

    /// <summary>Height of the floor in the keypoints' frame where it is known, metres; null: fitted.</summary>
    public double? FloorHeightM { get; init; }

    /// <summary>Time from one given frame to the next, seconds.</summary>
    public double FramePeriodS { get; init; } = 0.02;

    /// <summary>How poses are solved.</summary>
    public PoseSolverOptions Solver { get; init; } = new();

    /// <summary>Keypoints below this confidence are left out.</summary>
    public double MinimumConfidence { get; init; } = 0.1;

    internal void Check()
    {
        if (Samples < 5)
            throw ClosedLoopException.Usage($"{Samples} frames are too few to fit an animal on; give 5 or more, 100 are good");
        if (Rounds < 1)
            throw ClosedLoopException.Usage($"{Rounds} rounds of offset solves are too few; give 1 or more");
        if (Scale is { } scale && !(scale is > 0.1 and < 10))
            throw ClosedLoopException.Usage($"an animal scale of {scale} is not plausible; it must lie between 0.1 and 10");
        if (!(FramePeriodS > 0))
            throw ClosedLoopException.Usage($"a frame period of {FramePeriodS} s is not possible; give the time from one frame to the next, as in 0.02");
    }
}
