namespace ClosedLoop.Core;

/// <summary>The durations of one stage as percentiles, milliseconds; NaN where nothing was recorded.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Count">How many durations there were.</param>
/// <param name="P50Ms">Median.</param>
/// <param name="P99Ms">99th percentile.</param>
/// <param name="P999Ms">99.9th percentile.</param>
/// <param name="MaxMs">The longest.</param>
public sealed record LatencySummary(string Stage, long Count, double P50Ms, double P99Ms, double P999Ms, double MaxMs);
