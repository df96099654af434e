namespace ClosedLoop.Comparison;

/// <summary>The scores of the Neural Latents Benchmark (Pei et al. 2021).</summary>
public static class NeuralLatentsScores
{
    /// <summary>
    /// Bits per spike of expected counts above each unit's mean over these very bins: of units that the model has not seen,
    /// co-smoothing (co-bps); of bins after those it has seen, forward prediction (fp-bps).
    /// </summary>
    /// <param name="counts">Rows are bins (of all trials), columns units; what is NaN was not measured and does not count.</param>
    /// <param name="expected">Expected counts; 0 is taken as <see cref="PoissonScores.LeastRate"/>.</param>
    /// <returns>NaN where there is no spike.</returns>
    /// <exception cref="ArgumentException">The two differ in shape.</exception>
    public static double BitsPerSpike(Matrix counts, Matrix expected)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(expected);
        if (counts.Rows != expected.Rows || counts.Columns != expected.Columns)
            throw new ArgumentException($"{counts.Rows} x {counts.Columns} counts and {expected.Rows} x {expected.Columns} expected ones", nameof(expected));
        var (nats, spikes) = (0.0, 0.0);
        for (var unit = 0; unit < counts.Columns; unit++)
        {
            var bins = Enumerable.Range(0, counts.Rows).Where(t => !double.IsNaN(counts[t, unit])).ToArray();
            if (bins.Length == 0)
                continue;
            double[] own = [.. bins.Select(t => counts[t, unit])];
            nats += PoissonScores.LogLikelihoodRatio(own, [.. bins.Select(t => expected[t, unit])], own.Average());
            spikes += own.Sum();
        }
        return PoissonScores.BitsPerSpike(nats, spikes);
    }
}
