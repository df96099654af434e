using ClosedLoop.Sessions;

namespace ClosedLoop.Comparing;

/// <summary>What encoding models take that are learned while a session runs, on one thread.</summary>
/// <param name="Units">Units.</param>
/// <param name="Classes">Classes of features.</param>
/// <param name="FeaturesPerClass">Features of each.</param>
/// <param name="Lags">Lags at which each class is tried.</param>
/// <param name="Bins">Bins that were measured.</param>
/// <param name="BinMs">Width of a bin.</param>
/// <param name="CoreShare">What of a core they take at that pace.</param>
/// <param name="ThreadBinMs">Processor time of a bin: what of a core it took.</param>
/// <param name="BinTookMs">What a bin took by the clock: with what else the machine did.</param>
/// <param name="AllocatedBytesPerBin">Bytes allocated per bin.</param>
/// <param name="ManagedMib">What objects held before the first of them, after a full collection.</param>
/// <param name="LastManagedMib">The same after the last.</param>
internal sealed record OnlineLoadResult(
    int Units, int Classes, int FeaturesPerClass, int Lags, int Bins, double BinMs, double CoreShare, LatencyResult ThreadBinMs, LatencyResult BinTookMs,
    double AllocatedBytesPerBin, double ManagedMib, double LastManagedMib)
{
    /// <summary>What is asked: share of a core; and how much more objects may hold at the end.</summary>
    public const double MostCoreShare = 0.25, MostGrowthMib = 1;

    /// <summary>Whether it is as it is asked.</summary>
    public bool IsWithin => CoreShare <= MostCoreShare && AllocatedBytesPerBin == 0 && LastManagedMib - ManagedMib <= MostGrowthMib;

    /// <summary>The result for a person, line by line.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"encoding models online, {Units} units x {Classes} classes x {FeaturesPerClass} features x {Lags} lags, {Bins} bins of {BinMs:F0} ms: {CoreShare:P1} of one core (the aim is {MostCoreShare:P0} at most)";
        foreach (var (what, latency) in new[] { ("a bin", BinTookMs), ("a bin, of a core", ThreadBinMs) })
            yield return $"  {what,-20} p50 {latency.P50,7:F3}   p99 {latency.P99,7:F3}   p99.9 {latency.P999,7:F3}   max {latency.Max,7:F3} ms";
        yield return $"  {AllocatedBytesPerBin:F1} bytes allocated per bin; objects hold {ManagedMib:F1} MiB before and {LastManagedMib:F1} MiB after";
    }
}
