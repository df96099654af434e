namespace ClosedLoop.Comparison;

/// <summary>Ranks of numbers.</summary>
internal static class Ranks
{
    /// <summary>The rank of each, from 1; equal numbers share the mean of theirs.</summary>
    public static double[] Of(ReadOnlySpan<double> values)
    {
        var keys = values.ToArray();
        var order = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort(keys, order);
        var ranks = new double[keys.Length];
        for (var first = 0; first < keys.Length;)
        {
            var end = first + 1;
            while (end < keys.Length && keys[end] == keys[first])
                end++;
            for (var k = first; k < end; k++)
                ranks[order[k]] = (first + 1 + end) / 2.0;
            first = end;
        }
        return ranks;
    }
}
