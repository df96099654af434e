using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Sorting;

/// <summary>How well the true units were found.</summary>
/// <param name="Units">True units with a signal-to-noise ratio of 5 or more; all where it is not known.</param>
/// <param name="WellDetected">Those of them with an accuracy of 0.8 or more.</param>
/// <param name="MedianAccuracy">Of those units: spikes in both over spikes in either.</param>
/// <param name="MedianPrecision">Share of the sorted spikes that are true.</param>
/// <param name="MedianRecall">Share of the true spikes that were found.</param>
/// <param name="SortedUnits">Units that were sorted, all.</param>
/// <param name="FalseUnits">Sorted units that are no true unit, whatever its ratio.</param>
public sealed record SortingTruthResult(int Units, int WellDetected, double MedianAccuracy, double MedianPrecision, double MedianRecall, int SortedUnits, int FalseUnits)
{
    /// <summary>The signal-to-noise ratio from which a unit counts.</summary>
    public const double LeastSnr = 5;

    /// <summary>Compares sorted units with the true ones.</summary>
    public static SortingTruthResult Of(SpikeTruth truth, SortedUnits sorted, double rateHz)
    {
        var comparison = SortingComparison.Of(truth.Samples, [.. sorted.Units().Select(unit => unit.Samples)], rateHz);
        UnitMatch[] counted = [.. comparison.Matches.Where(match => !(truth.Snr[match.Truth] < LeastSnr))];
        double Median(Func<UnitMatch, double> value) => counted.Length == 0 ? double.NaN : counted.Select(value).Order().ElementAt(counted.Length / 2);
        return new(counted.Length, counted.Count(match => match.Accuracy >= SortingComparison.WellDetected),
            Median(match => match.Accuracy), Median(match => match.Precision), Median(match => match.Recall), comparison.SortedUnits, comparison.FalseUnits);
    }
}
