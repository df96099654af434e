namespace ClosedLoop.Simulation;

/// <summary>How a <see cref="SimulatedCamera"/> delivers its frames.</summary>
public sealed record SimulatedCameraOptions
{
    /// <summary>How many frames there are.</summary>
    public long Frames { get; init; } = long.MaxValue;

    /// <summary>Mean time from exposure to arrival, seconds.</summary>
    public double DelayS { get; init; }

    /// <summary>Standard deviation of that time, seconds.</summary>
    public double JitterSdS { get; init; }

    /// <summary>Probability that a frame never arrives.</summary>
    public double LossProbability { get; init; }
}
