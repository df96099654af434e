namespace ClosedLoop.Electrophysiology;

/// <summary>Batcher's odd-even merge sort as a list of comparisons: the same for all data, so that many lists are sorted at once.</summary>
internal static class SortingNetwork
{
    /// <summary>Comparisons (lower place first) that sort so many numbers, in order.</summary>
    public static (int Low, int High)[] Of(int count)
    {
        List<(int, int)> pairs = [];
        for (var p = 1; p < count; p *= 2)
            for (var k = p; k >= 1; k /= 2)
                for (var j = k % p; j + k < count; j += 2 * k)
                    for (var i = 0; i < k && i + j + k < count; i++)
                        if ((i + j) / (2 * p) == (i + j + k) / (2 * p))
                            pairs.Add((i + j, i + j + k));
        return [.. pairs];
    }

    /// <summary>Those of them that what comes out at one of the places depends on.</summary>
    public static (int Low, int High)[] Needed(int count, params int[] places)
    {
        var asked = new HashSet<int>(places);
        var kept = new List<(int, int)>();
        foreach (var (low, high) in Of(count).Reverse())
        {
            if (!asked.Contains(low) && !asked.Contains(high))
                continue;
            asked.Add(low);
            asked.Add(high);
            kept.Add((low, high));
        }
        kept.Reverse();
        return [.. kept];
    }
}
