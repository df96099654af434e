namespace ClosedLoop.Electrophysiology;

/// <summary>
/// How well sorted units are the true ones, as SpikeInterface compares them (Buccino et al. 2020): two spikes are one where
/// they are at most 0.4 ms apart, each used once; accuracy is those that are in both over those that are in either.
/// </summary>
public sealed class SortingComparison
{
    /// <summary>Accuracy from which a unit counts as well detected.</summary>
    public const double WellDetected = 0.8;

    /// <summary>Accuracy that a sorted unit must have with its true one not to be a false unit.</summary>
    public const double LeastMatch = 0.5;

    private SortingComparison(IReadOnlyList<UnitMatch> matches, int sorted, int falseUnits) => (Matches, SortedUnits, FalseUnits) = (matches, sorted, falseUnits);

    /// <summary>Each true unit with the sorted one that is paired with it.</summary>
    public IReadOnlyList<UnitMatch> Matches { get; }

    /// <summary>Number of sorted units.</summary>
    public int SortedUnits { get; }

    /// <summary>Sorted units that are no true unit: their accuracy is below a half with every one, or that one is paired with a better.</summary>
    public int FalseUnits { get; }

    /// <summary>Compares units.</summary>
    /// <param name="truth">Sample numbers of each true unit's spikes, ascending.</param>
    /// <param name="sorted">Sample numbers of each sorted unit's spikes, ascending.</param>
    /// <param name="rateHz">Samples per second.</param>
    /// <param name="toleranceS">Most that two spikes are apart to be one.</param>
    public static SortingComparison Of(IReadOnlyList<double[]> truth, IReadOnlyList<double[]> sorted, double rateHz, double toleranceS = 0.0004)
    {
        var tolerance = toleranceS * rateHz;
        var pairs = new List<(double Accuracy, int Truth, int Sorted, int Both)>();
        for (var t = 0; t < truth.Count; t++)
            for (var s = 0; s < sorted.Count; s++)
                if (Coincidences(truth[t], sorted[s], tolerance) is > 0 and var both)
                    pairs.Add(((double)both / (truth[t].Length + sorted[s].Length - both), t, s, both));
        var (matches, used) = (new UnitMatch[truth.Count], new bool[sorted.Count]);
        for (var t = 0; t < truth.Count; t++)
            matches[t] = new(t, -1, truth[t].Length, 0, 0);
        foreach (var (accuracy, t, s, both) in pairs.OrderByDescending(pair => pair.Accuracy).ThenBy(pair => pair.Truth).ThenBy(pair => pair.Sorted))
        {
            if (matches[t].Sorted >= 0 || used[s])
                continue;
            matches[t] = new(t, s, truth[t].Length, sorted[s].Length, both);
            used[s] = true;
        }
        return new(matches, sorted.Count, sorted.Count - matches.Count(match => match.Sorted >= 0 && match.Accuracy >= LeastMatch));
    }

    /// <summary>Pairs of numbers at most so far apart, each used once; both ascending.</summary>
    public static int Coincidences(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double tolerance)
    {
        var (i, j, count) = (0, 0, 0);
        while (i < a.Length && j < b.Length)
        {
            var difference = a[i] - b[j];
            if (Math.Abs(difference) <= tolerance)
            {
                count++;
                i++;
                j++;
            }
            else if (difference < 0)
                i++;
            else
                j++;
        }
        return count;
    }

    /// <summary>
    /// Agreement of two clusterings of the same things, 1 where they are the same and 0 where they agree as chance does (Hubert
    /// and Arabie 1985).
    /// </summary>
    public static double AdjustedRandIndex(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        if (a.Length != b.Length)
            throw new ArgumentException($"{a.Length} labels were given beside {b.Length}", nameof(b));
        var (cells, rows, columns) = (new Dictionary<(int, int), long>(), new Dictionary<int, long>(), new Dictionary<int, long>());
        for (var i = 0; i < a.Length; i++)
        {
            cells[(a[i], b[i])] = cells.GetValueOrDefault((a[i], b[i])) + 1;
            rows[a[i]] = rows.GetValueOrDefault(a[i]) + 1;
            columns[b[i]] = columns.GetValueOrDefault(b[i]) + 1;
        }
        static double Pairs(IEnumerable<long> counts) => counts.Sum(count => count * (count - 1) / 2.0);
        var (both, left, right, all) = (Pairs(cells.Values), Pairs(rows.Values), Pairs(columns.Values), Pairs([a.Length]));
        var (chance, most) = (all > 0 ? left * right / all : 0, (left + right) / 2);
        return most > chance ? (both - chance) / (most - chance) : 1;
    }
}
