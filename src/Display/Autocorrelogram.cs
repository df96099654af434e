namespace ClosedLoop.Display;

/// <summary>How often a unit fires some time before and after each of its spikes.</summary>
internal static class Autocorrelogram
{
    /// <summary>Counts pairs of spikes by the time between them.</summary>
    /// <param name="timesS">When it fired, seconds, ascending.</param>
    /// <param name="binS">Width of a bin.</param>
    /// <param name="bins">Bins to either side.</param>
    /// <returns>Counts from the earliest bin to the latest, symmetrical about the middle; 2 x <paramref name="bins"/>.</returns>
    public static int[] Of(IReadOnlyList<double> timesS, double binS, int bins)
    {
        var counts = new int[2 * bins];
        for (var i = 0; i < timesS.Count; i++)
            for (var j = i + 1; j < timesS.Count && (int)((timesS[j] - timesS[i]) / binS) is var bin && bin < bins; j++)
            {
                counts[bins + bin]++;
                counts[bins - 1 - bin]++;
            }
        return counts;
    }
}
