using ClosedLoop.Core;

namespace ClosedLoop.Sessions;

/// <summary>Percentiles of one stage, milliseconds.</summary>
/// <param name="Count">How many durations.</param>
/// <param name="P50">Median.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="P999">99.9th percentile.</param>
/// <param name="Max">The longest.</param>
public sealed record LatencyResult(long Count, double P50, double P99, double P999, double Max)
{
    /// <summary>The percentiles of a histogram.</summary>
    public static LatencyResult Of(LatencySummary summary) => new(summary.Count, summary.P50Ms, summary.P99Ms, summary.P999Ms, summary.MaxMs);
}
