namespace ClosedLoop.Comparison;

/// <summary>How well expected counts explain counts that were observed.</summary>
public static class PoissonScores
{
    /// <summary>The least expected count: a model that says "never" of a spike that came is infinitely wrong.</summary>
    public const double LeastRate = 1e-9;

    /// <summary>The log-likelihood in nats, sum of y ln mu - mu - ln y!.</summary>
    /// <param name="counts">Observed.</param>
    /// <param name="expected">Expected, at least <see cref="LeastRate"/> being taken.</param>
    public static double LogLikelihood(ReadOnlySpan<double> counts, ReadOnlySpan<double> expected)
    {
        var sum = 0.0;
        for (var t = 0; t < counts.Length; t++)
        {
            var mu = Math.Max(LeastRate, expected[t]);
            sum += (counts[t] * Math.Log(mu)) - mu - LogFactorial(counts[t]);
        }
        return sum;
    }

    /// <summary>The deviance, 2 sum of y ln(y / mu) - (y - mu).</summary>
    public static double Deviance(ReadOnlySpan<double> counts, ReadOnlySpan<double> expected)
    {
        var sum = 0.0;
        for (var t = 0; t < counts.Length; t++)
        {
            var mu = Math.Max(LeastRate, expected[t]);
            sum += (counts[t] > 0 ? counts[t] * Math.Log(counts[t] / mu) : 0) - (counts[t] - mu);
        }
        return 2 * sum;
    }

    /// <summary>
    /// The log-likelihood of a model less that of a constant rate, in nats. Cross-validated where both come from other bins
    /// than these: the constant is the mean count of the bins that the model was fitted to.
    /// </summary>
    /// <param name="counts">Observed.</param>
    /// <param name="expected">Expected.</param>
    /// <param name="meanCount">The constant.</param>
    public static double LogLikelihoodRatio(ReadOnlySpan<double> counts, ReadOnlySpan<double> expected, double meanCount)
    {
        var constant = Math.Max(LeastRate, meanCount);
        var sum = 0.0;
        for (var t = 0; t < counts.Length; t++)
        {
            var mu = Math.Max(LeastRate, expected[t]);
            sum += (counts[t] * Math.Log(mu / constant)) - (mu - constant);
        }
        return sum;
    }

    /// <summary>Nats as bits a spike; NaN without spikes.</summary>
    public static double BitsPerSpike(double nats, double spikes) => spikes > 0 ? nats / (Math.Log(2) * spikes) : double.NaN;

    /// <summary>1 - deviance of the model / deviance of a constant rate (Cohen's; scikit-learn's D2 where the constant is the mean of these counts).</summary>
    public static double PseudoR2(ReadOnlySpan<double> counts, ReadOnlySpan<double> expected, double meanCount)
    {
        var constant = new double[counts.Length];
        Array.Fill(constant, meanCount);
        return 1 - (Deviance(counts, expected) / Deviance(counts, constant));
    }

    /// <summary>1 - log-likelihood of the model / that of a constant rate (McFadden's).</summary>
    public static double McFaddenR2(ReadOnlySpan<double> counts, ReadOnlySpan<double> expected, double meanCount)
    {
        var constant = new double[counts.Length];
        Array.Fill(constant, meanCount);
        return 1 - (LogLikelihood(counts, expected) / LogLikelihood(counts, constant));
    }

    /// <summary>ln n!, by Stirling's series above 20 (its error there is below 1e-15 of the value).</summary>
    internal static double LogFactorial(double n)
    {
        if (n <= 20)
        {
            var product = 1.0;
            for (var k = 2; k <= n; k++)
                product *= k;
            return Math.Log(product);
        }
        var x = n + 1;
        var inverse = 1 / (x * x);
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI))
            + ((1.0 / 12 - (inverse * (1.0 / 360 - (inverse * (1.0 / 1260 - (inverse / 1680)))))) / x);
    }
}
