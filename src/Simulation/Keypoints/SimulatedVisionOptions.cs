namespace ClosedLoop.Simulation;

/// <summary>How the simulated vision sees the animal: errors, losses, swaps, the cameras' clock, the time that processing takes.</summary>
public sealed record SimulatedVisionOptions
{
    /// <summary>Seed of everything random in the vision; independent of the animal's.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Standard deviation of the error per axis of keypoints on head and trunk, metres.</summary>
    public double TrunkSdM { get; init; } = 0.001;

    /// <summary>The same for elbows, wrists, knees and ankles, metres.</summary>
    public double LimbSdM { get; init; } = 0.0018;

    /// <summary>The same for hands and feet, metres.</summary>
    public double PawSdM { get; init; } = 0.003;

    /// <summary>Share of the error's variance that is correlated in time; the rest is independent from frame to frame.</summary>
    public double CorrelatedShare { get; init; } = 0.6;

    /// <summary>Correlation time of the correlated part, seconds.</summary>
    public double CorrelationTimeS { get; init; } = 0.15;

    /// <summary>
    /// Spread of the slow waxing and waning of each keypoint's error (standard deviation of the logarithm of its standard
    /// deviation): what the confidence tells of.
    /// </summary>
    public double QualitySpread { get; init; } = 0.3;

    /// <summary>Share of time that a keypoint of the head or trunk is missing.</summary>
    public double TrunkMissing { get; init; } = 0.002;

    /// <summary>Share of time that a keypoint of a limb is missing.</summary>
    public double LimbMissing { get; init; } = 0.01;

    /// <summary>Share of time that a hand or foot is missing.</summary>
    public double PawMissing { get; init; } = 0.03;

    /// <summary>How many times more often the forelimbs are lost while they are hidden at the snout or under the chest.</summary>
    public double HiddenFactor { get; init; } = 3;

    /// <summary>Mean duration of a loss, seconds.</summary>
    public double MissingMeanS { get; init; } = 0.1;

    /// <summary>Left-right swaps a minute, each of one pair of limbs or of the ears, for one to five frames.</summary>
    public double SwapsPerMinute { get; init; } = 1;

    /// <summary>The camera trigger's clock minus the session's at the first frame, nanoseconds.</summary>
    public long ClockOffsetNs { get; init; } = 7_340_000_000;

    /// <summary>How much faster the trigger's clock runs than the session's, parts per million.</summary>
    public double ClockDriftPpm { get; init; } = 25;

    /// <summary>Median of the time from capture to keypoints, seconds.</summary>
    public double DelayMedianS { get; init; } = 0.006;

    /// <summary>Spread of the delay: standard deviation of its logarithm.</summary>
    public double DelaySpread { get; init; } = 0.2;

    /// <summary>Probability that a frame is late by another 20 to 40 ms.</summary>
    public double LateProbability { get; init; } = 0.001;
}
