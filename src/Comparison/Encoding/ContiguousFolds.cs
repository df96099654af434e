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
        TestRanges = [.. Tests.Select(test => new[] { test })];
        Trains = [.. Tests.Select(test => new[] { new BinRange(bins.Start, test.Start - gapBins), new BinRange(test.End + gapBins, bins.End) }.Where(range => range.Length > 0).ToArray())];

        int At(int k) => bins.Start + (int)((long)bins.Length * k / folds);
    }

    private ContiguousFolds(IReadOnlyList<BinRange> tests, IReadOnlyList<BinRange[]> testRanges, IReadOnlyList<BinRange[]> trains) =>
        (Tests, TestRanges, Trains) = (tests, testRanges, trains);

    /// <summary>Divides the bins of a recording that can be used, of which each fold tests about as many.</summary>
    /// <param name="usable">Bins that can be used, in stretches that follow each other.</param>
    /// <param name="folds">How many; at least 2. NB: of fewer than 6 the signed-rank test can find nothing at 5 %.</param>
    /// <param name="gapBins">Left out on either side of a tested fold; at least the longest lag and the reach of any smoothing.</param>
    /// <exception cref="ClosedLoopException">There are too few bins.</exception>
    public static ContiguousFolds OfStretches(IReadOnlyList<BinRange> usable, int folds, int gapBins)
    {
        ArgumentNullException.ThrowIfNull(usable);
        // Where folds would begin if nothing were missing between the stretches, and where that is in the recording.
        var joined = new ContiguousFolds(new BinRange(0, usable.Sum(range => range.Length)), folds, gapBins);
        int[] ends = [.. joined.Tests.Select(test => Place(usable, test.Start)), usable[^1].End];
        BinRange[] tests = [.. joined.Tests.Select((_, k) => new BinRange(ends[k], ends[k + 1]))];
        return new(
            tests, [.. tests.Select(test => Within(usable, test.Start, test.End))],
            [.. tests.Select(test => new[] { Within(usable, int.MinValue, test.Start - gapBins), Within(usable, test.End + gapBins, int.MaxValue) }.SelectMany(ranges => ranges).ToArray())]);
    }

    /// <summary>The stretch of time that is tested in each fold.</summary>
    public IReadOnlyList<BinRange> Tests { get; }

    /// <summary>The bins of it that can be used.</summary>
    public IReadOnlyList<BinRange[]> TestRanges { get; }

    /// <summary>The bins that the models tested there are fitted to.</summary>
    public IReadOnlyList<BinRange[]> Trains { get; }

    /// <summary>Those parts of stretches that lie from one bin to before another.</summary>
    internal static BinRange[] Within(IReadOnlyList<BinRange> stretches, int start, int end) =>
        [.. stretches.Select(range => new BinRange(Math.Max(range.Start, start), Math.Min(range.End, end))).Where(range => range.Length > 0)];

    /// <summary>The bin before which so many bins of the stretches lie.</summary>
    internal static int Place(IReadOnlyList<BinRange> stretches, int bins)
    {
        foreach (var range in stretches)
        {
            if (bins < range.Length)
                return range.Start + bins;
            bins -= range.Length;
        }
        return stretches[^1].End;
    }
}
