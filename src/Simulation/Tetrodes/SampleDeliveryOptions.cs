using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>How a simulated device hands its samples over.</summary>
public sealed record SampleDeliveryOptions
{
    /// <summary>Most samples of a block; 128 as an Intan controller's, 4.3 ms. What the samples are does not depend on it.</summary>
    public int BlockSamples { get; init; } = 128;

    /// <summary>A block comes up to so many milliseconds later than its last sample.</summary>
    public double JitterMs { get; init; }

    /// <summary>Gaps a minute, on average, in which the device's samples are lost and its counter goes on.</summary>
    public double GapsPerMinute { get; init; }

    /// <summary>Samples that a gap takes, on average.</summary>
    public int GapSamples { get; init; } = 1280;

    /// <summary>How much faster than the session's clock the device's runs, parts per million.</summary>
    public double ClockDriftPpm { get; init; }

    /// <summary>The device's number of the first sample.</summary>
    public long FirstSample { get; init; }

    /// <summary>Seconds of the device's time until the end; null: without end.</summary>
    public double? DurationS { get; init; }

    /// <summary>Refuses numbers that cannot be.</summary>
    /// <exception cref="ClosedLoopException">One cannot be; exit code 2.</exception>
    public void Check()
    {
        if (BlockSamples is < 1 or > 1_000_000 || GapSamples is < 1 or > 100_000_000 || FirstSample < 0)
            throw ClosedLoopException.Usage($"blocks of {BlockSamples} samples, gaps of {GapSamples} and a first sample {FirstSample} were asked for; give 1 to 1000000, 1 to 100000000 and none below 0");
        if (!(JitterMs is >= 0 and <= 10_000 && GapsPerMinute is >= 0 and <= 6000 && Math.Abs(ClockDriftPpm) <= 10_000))
            throw ClosedLoopException.Usage($"a jitter of {JitterMs} ms, {GapsPerMinute} gaps a minute and a drift of {ClockDriftPpm} ppm were asked for; give 0 to 10000, 0 to 6000 and at most 10000 either way");
        if (!(DurationS is null or (>= 0 and <= 1e9)))
            throw ClosedLoopException.Usage($"{DurationS} s of simulated samples were asked for; give 0 or more");
    }
}
