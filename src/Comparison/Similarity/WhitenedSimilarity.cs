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
    private readonly Cholesky _variance;
    private readonly int _conditions;

    private WhitenedSimilarity(Cholesky variance, int conditions) => (_variance, _conditions) = (variance, conditions);

    /// <summary>For all pairs of so many conditions.</summary>
    /// <param name="conditions">How many; at least 2.</param>
    /// <param name="covariance">Of the patterns of the conditions; null: identity.</param>
    /// <exception cref="ClosedLoopException">The covariance is not positive.</exception>
    public static WhitenedSimilarity Of(int conditions, Matrix? covariance = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(conditions, 2);
        return OfPairs([.. from i in Enumerable.Range(0, conditions) from j in Enumerable.Range(i + 1, conditions - i - 1) select (i, j)], conditions, covariance);
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
        var whitened = values.ToArray();
        _variance.Forward(whitened);
        return whitened;
    }

    private void Require(Rdm rdm)
    {
        if (rdm.Conditions != _conditions)
            throw ClosedLoopException.Failed($"an RDM of {rdm.Conditions} conditions cannot be compared where there are {_conditions}");
    }
}
