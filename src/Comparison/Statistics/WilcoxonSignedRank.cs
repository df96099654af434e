namespace ClosedLoop.Comparison;

/// <summary>Wilcoxon's signed-rank test of whether paired differences lie above 0.</summary>
public static class WilcoxonSignedRank
{
    private const int MostExact = 50;

    /// <summary>Tests differences. Zeros are left out; equal sizes share their mean rank.</summary>
    /// <param name="differences">One a pair; those that are not numbers are refused.</param>
    /// <returns>
    /// The sum of the ranks of the positive ones, and the probability of at least that much by chance: exact for up to 50
    /// differences of different sizes, otherwise by the normal approximation with correction for ties (none for continuity).
    /// Without any difference the probability is 1.
    /// </returns>
    public static (double RankSum, double P) Greater(ReadOnlySpan<double> differences)
    {
        var kept = new List<double>(differences.Length);
        foreach (var difference in differences)
        {
            ArgumentOutOfRangeException.ThrowIfEqual(double.IsNaN(difference), true, nameof(differences));
            if (difference != 0)
                kept.Add(difference);
        }
        var n = kept.Count;
        if (n == 0)
            return (0, 1);
        var sizes = kept.Select(Math.Abs).ToArray();
        var ranks = Ranks.Of(sizes);
        var sum = ranks.Where((_, i) => kept[i] > 0).Sum();
        var ties = sizes.GroupBy(size => size).Select(group => (double)group.Count()).Where(count => count > 1).ToArray();
        if (n <= MostExact && ties.Length == 0)
            return (sum, Exact(n, (int)sum));
        var mean = n * (n + 1.0) / 4;
        var variance = (n * (n + 1.0) * ((2 * n) + 1) / 24) - (ties.Sum(t => (t * t * t) - t) / 48);
        return (sum, Gaussian.UpperTail((sum - mean) / Math.Sqrt(variance)));
    }

    /// <summary>The share of all signs whose positive ranks sum to <paramref name="sum"/> or more.</summary>
    private static double Exact(int n, int sum)
    {
        var most = n * (n + 1) / 2;
        var ways = new double[most + 1];
        ways[0] = 1;
        for (var rank = 1; rank <= n; rank++)
            for (var total = most; total >= rank; total--)
                ways[total] += ways[total - rank];
        var above = 0.0;
        for (var total = sum; total <= most; total++)
            above += ways[total];
        return above / Math.Pow(2, n);
    }
}
