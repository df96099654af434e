using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// Bins divided into folds that are stretches of time, as neighbouring bins resemble each other: each fold is tested once,
/// and bins nearer to it than a gap are not fitted to.
/// </summary>
public sealed class ContiguousFolds
{
    /// <summary>Divides bins.</summary>
    /// <param name="bins">The bins.</param>
    /// <param name="folds">How many; at least 2. NB: of fewer than 6 the signed-rank test can find nothing at 5 %.</param>
    /// <param name="gapBins">Left out on either side of a tested fold; at least the longest lag and the reach of any smoothing.</param>
    /// <exception cref="ClosedLoopException">There are too few bins.</exception>
    public ContiguousFolds(BinRange bins, int folds, int gapBins)
    {
        if (folds < 2)
            throw ClosedLoopException.Usage($"{folds} folds are too few; at least 2, better 10 are needed");
        ArgumentOutOfRangeException.ThrowIfNegative(gapBins);
        if (bins.Length / folds <= 2 * gapBins)
            throw ClosedLoopException.Failed($"{bins.Length} bins give {folds} folds of {bins.Length / folds}, which must be longer than twice the gap of {gapBins}; bring more data, or ask for fewer folds or shorter lags");
        Tests = [.. Enumerable.Range(0, folds).Select(k => new BinRange(At(k), At(k + 1)))];
        Trains = [.. Tests.Select(test => new[] { new BinRange(bins.Start, test.Start - gapBins), new BinRange(test.End + gapBins, bins.End) }.Where(range => range.Length > 0).ToArray())];

        int At(int k) => bins.Start + (int)((long)bins.Length * k / folds);
    }

    /// <summary>The bins that are tested in each fold.</summary>
    public IReadOnlyList<BinRange> Tests { get; }

    /// <summary>The bins that the models tested there are fitted to.</summary>
    public IReadOnlyList<BinRange[]> Trains { get; }
}
