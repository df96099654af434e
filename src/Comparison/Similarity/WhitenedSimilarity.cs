using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// The whitened unbiased cosine of two RDMs (Diedrichsen et al. 2021): the cosine in the metric in which the noise of
/// cross-validated distances is the same in all directions. Distances of pairs that share a condition vary together, and a
/// plain cosine counts what they share twice.
/// </summary>
/// <remarks>
/// r1' V^-1 r2 / sqrt(r1' V^-1 r1 * r2' V^-1 r2), with V the element-wise square of C S C', C the contrasts of all pairs and
/// S the covariance of the patterns of the conditions; without one, S is the identity.
/// </remarks>
public sealed class WhitenedSimilarity
{
    // Null: of all pairs, with the identity.
    private readonly Cholesky? _variance;
    private readonly int _conditions;

    private WhitenedSimilarity(Cholesky? variance, int conditions) => (_variance, _conditions) = (variance, conditions);

    /// <summary>For all pairs of so many conditions.</summary>
    /// <param name="conditions">How many; at least 2.</param>
    /// <param name="covariance">Of the patterns of the conditions; null: identity.</param>
    /// <exception cref="ClosedLoopException">The covariance is not positive.</exception>
    public static WhitenedSimilarity Of(int conditions, Matrix? covariance = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(conditions, 2);
        return covariance is null ? new(null, conditions) : OfPairs([.. from i in Enumerable.Range(0, conditions) from j in Enumerable.Range(i + 1, conditions - i - 1) select (i, j)], conditions, covariance);
    }

    /// <summary>For some pairs of conditions, in this order.</summary>
    internal static WhitenedSimilarity OfPairs(IReadOnlyList<(int I, int J)> pairs, int conditions, Matrix? covariance)
    {
        var variance = new Matrix(pairs.Count, pairs.Count);
        for (var a = 0; a < pairs.Count; a++)
            for (var b = 0; b <= a; b++)
            {
                var ((i, j), (k, l)) = (pairs[a], pairs[b]);
                var shared = S(i, k) - S(i, l) - S(j, k) + S(j, l);
                variance[a, b] = variance[b, a] = shared * shared;
            }
        return new(
            Cholesky.Factor(variance) ?? throw ClosedLoopException.Failed("the covariance of the conditions' patterns is not positive, and RDMs cannot be whitened with it; leave it out"),
            conditions);

        double S(int one, int other) => covariance is null ? (one == other ? 1 : 0) : covariance[one, other];
    }

    /// <summary>The whitened unbiased cosine.</summary>
    public double Cosine(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Similarity.Cosine(Whitened(a), Whitened(b));

    /// <summary>The same of two RDMs.</summary>
    public double Cosine(Rdm a, Rdm b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        Require(a);
        Require(b);
        return Cosine(a.Values, b.Values);
    }

    /// <summary>The whitened correlation: the same of what is left of each less its mean.</summary>
    public double Correlation(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Cosine(Similarity.Centred(a), Similarity.Centred(b));

    /// <summary>Length in the whitened metric.</summary>
    internal double Length(ReadOnlySpan<double> values)
    {
        var whitened = Whitened(values);
        return Math.Sqrt(Vectors.Dot(whitened, whitened));
    }

    private double[] Whitened(ReadOnlySpan<double> values)
    {
        if (_variance is null)
            return CentredSecondMoments(values);
        var whitened = values.ToArray();
        _variance.Forward(whitened);
        return whitened;
    }

    /// <summary>
    /// With the identity, inner products in the metric of V^-1 are, but for a factor, those of the double-centred second
    /// moments of the patterns (Diedrichsen et al. 2021): no matrix of pairs by pairs is needed.
    /// </summary>
    private double[] CentredSecondMoments(ReadOnlySpan<double> values)
    {
        var (n, means, grand) = (_conditions, new double[_conditions], 0.0);
        for (var (i, k) = (0, 0); i < n; i++)
            for (var j = i + 1; j < n; j++, k++)
            {
                means[i] += values[k] / n;
                means[j] += values[k] / n;
                grand += 2 * values[k] / n / n;
            }
        // The diagonal first; off it, a pair stands for both of its places.
        var moments = new double[n + values.Length];
        for (var (i, k) = (0, 0); i < n; i++)
        {
            moments[i] = means[i] - (grand / 2);
            for (var j = i + 1; j < n; j++, k++)
                moments[n + k] = -0.5 * Math.Sqrt(2) * (values[k] - means[i] - means[j] + grand);
        }
        return moments;
    }

    private void Require(Rdm rdm)
    {
        if (rdm.Conditions != _conditions)
            throw ClosedLoopException.Failed($"an RDM of {rdm.Conditions} conditions cannot be compared where there are {_conditions}");
    }
}
