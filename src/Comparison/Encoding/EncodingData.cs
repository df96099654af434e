namespace ClosedLoop.Comparison;

/// <summary>Counts and features that encoding models are fitted to.</summary>
/// <param name="Counts">Rows are bins that follow each other without gaps, columns are units.</param>
/// <param name="UnitNames">Of the columns.</param>
/// <param name="Classes">The classes of features, with as many rows; numbers of bins that cannot be used are there too, and finite.</param>
public sealed record EncodingData(Matrix Counts, IReadOnlyList<string> UnitNames, IReadOnlyList<FeatureClass> Classes)
{
    /// <summary>Whether the counts of each bin can be used; null: all can.</summary>
    public IReadOnlyList<bool>? UsableCounts { get; init; }

    /// <summary>Whether the features of each bin can be used; null: all can.</summary>
    public IReadOnlyList<bool>? UsableFeatures { get; init; }

    /// <summary>The bins whose counts can be used and whose features can at all lags, in stretches.</summary>
    /// <param name="leastLag">The least lag, in bins.</param>
    /// <param name="mostLag">The greatest lag, in bins.</param>
    public IReadOnlyList<BinRange> Usable(int leastLag, int mostLag)
    {
        var (bins, stretches, start) = (Counts.Rows, new List<BinRange>(), -1);
        var (before, after) = (Math.Max(0, mostLag), Math.Max(0, -leastLag));
        // How many bins before each have features that cannot be used.
        var lacking = new int[bins + 1];
        for (var t = 0; t < bins; t++)
            lacking[t + 1] = lacking[t] + (UsableFeatures is null || UsableFeatures[t] ? 0 : 1);
        for (var t = before; t <= bins - after; t++)
        {
            var usable = t < bins - after && (UsableCounts is null || UsableCounts[t]) && lacking[Math.Min(bins, t - leastLag + 1)] == lacking[Math.Max(0, t - mostLag)];
            if (usable && start < 0)
                start = t;
            if (!usable && start >= 0)
            {
                stretches.Add(new(start, t));
                start = -1;
            }
        }
        return stretches;
    }
}
