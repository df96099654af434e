using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// The inverse of the noise covariance of channels, from residuals: measurements less the mean of their condition. With few
/// residuals a covariance is drawn towards a simpler one.
/// </summary>
public static class NoisePrecision
{
    /// <summary>
    /// Drawn towards its own diagonal (Schaefer and Strimmer 2005): off the diagonal times 1 - lambda, with lambda the summed
    /// variances of the correlations over the sum of their squares.
    /// </summary>
    /// <param name="residuals">Rows are measurements, columns channels; column means are taken off.</param>
    /// <exception cref="ClosedLoopException">There are fewer than 3 rows, or a channel never varies.</exception>
    public static Matrix ShrinkageDiagonal(Matrix residuals) => Invert(ShrunkToDiagonal(residuals));

    /// <summary>Drawn towards a multiple of the identity (Ledoit and Wolf 2004).</summary>
    /// <param name="residuals">Rows are measurements, columns channels; column means are taken off.</param>
    /// <exception cref="ClosedLoopException">There are fewer than 3 rows, or nothing varies.</exception>
    public static Matrix ShrinkageIdentity(Matrix residuals) => Invert(ShrunkToIdentity(residuals));

    /// <summary>As it is.</summary>
    /// <exception cref="ClosedLoopException">It has no inverse, as of fewer residuals than channels.</exception>
    public static Matrix Full(Matrix residuals)
    {
        Require(residuals);
        if (residuals.Rows <= residuals.Columns)
            throw ClosedLoopException.Failed($"the covariance of {residuals.Columns} channels has no inverse with {residuals.Rows} residuals; bring more, or let it shrink");
        return Invert(residuals.Covariance());
    }

    /// <summary>The inverse of a covariance.</summary>
    /// <exception cref="ClosedLoopException">It has none.</exception>
    public static Matrix Invert(Matrix covariance) => Cholesky.Factor(covariance)?.Inverse()
        ?? throw HasNone(covariance);

    internal static ClosedLoopException HasNone(Matrix covariance) =>
        ClosedLoopException.Failed($"the noise covariance of {covariance.Rows} channels has no inverse; leave out channels that never vary or repeat each other, or let it shrink");

    /// <summary>The covariance that <see cref="ShrinkageDiagonal"/> inverts.</summary>
    /// <param name="residuals">Rows are measurements, columns channels; column means are taken off.</param>
    /// <exception cref="ClosedLoopException">There are fewer than 3 rows, or a channel never varies.</exception>
    public static Matrix ShrunkToDiagonal(Matrix residuals)
    {
        Require(residuals);
        var (n, channels, covariance, means) = (residuals.Rows, residuals.Columns, residuals.Covariance(), residuals.Means());
        var scales = new double[channels];
        for (var c = 0; c < channels; c++)
        {
            scales[c] = Math.Sqrt(covariance[c, c]);
            if (!(scales[c] > 0))
                throw ClosedLoopException.Failed($"channel {c} never varies within a condition, and its noise cannot be weighed; leave it out");
        }
        // The variance of each correlation, from the products of standardised residuals whose mean it is.
        using var gram = new GramSum(channels);
        for (var first = 0; first < n; first += GramSum.BlockRows)
        {
            var count = Math.Min(GramSum.BlockRows, n - first);
            for (var i = 0; i < count; i++)
                SquareStandardised(residuals.Row(first + i), means, scales, gram.RowOfBlock(i));
            gram.Add(count);
        }
        var squares = gram.ToMatrix(1);
        var (variances, correlations) = (0.0, 0.0);
        for (var i = 0; i < channels; i++)
            for (var j = 0; j < i; j++)
            {
                var r = covariance[i, j] / (scales[i] * scales[j]);
                var mean = r * (n - 1) / n;
                variances += n / Math.Pow(n - 1, 3) * (squares[i, j] - (n * mean * mean));
                correlations += r * r;
            }
        var lambda = correlations > 0 ? Math.Clamp(variances / correlations, 0, 1) : 1;
        for (var i = 0; i < channels; i++)
            for (var j = 0; j < channels; j++)
                if (i != j)
                    covariance[i, j] *= 1 - lambda;
        return covariance;
    }

    internal static Matrix ShrunkToIdentity(Matrix residuals)
    {
        Require(residuals);
        var (n, channels, covariance, means) = (residuals.Rows, residuals.Columns, residuals.Covariance(0), residuals.Means());
        var mean = Enumerable.Range(0, channels).Average(c => covariance[c, c]);
        var distance = 0.0;
        for (var i = 0; i < channels; i++)
            for (var j = 0; j < channels; j++)
                distance += Math.Pow(covariance[i, j] - (i == j ? mean : 0), 2);
        // The sum of |x x' - S|^2 over residuals is that of |x|^4 less n |S|^2, as S is the mean of x x'.
        var spread = -n * Vectors.Dot(covariance.Values, covariance.Values);
        for (var t = 0; t < n; t++)
        {
            var square = 0.0;
            for (var c = 0; c < channels; c++)
                square += (residuals[t, c] - means[c]) * (residuals[t, c] - means[c]);
            spread += square * square;
        }
        var lambda = distance > 0 ? Math.Min(1, spread / n / n / distance) : 1;
        for (var i = 0; i < channels; i++)
            for (var j = 0; j < channels; j++)
                covariance[i, j] = ((1 - lambda) * covariance[i, j]) + (i == j ? lambda * mean : 0);
        return covariance;
    }

    private static void SquareStandardised(ReadOnlySpan<double> row, ReadOnlySpan<double> means, ReadOnlySpan<double> scales, Span<double> to)
    {
        for (var c = 0; c < row.Length; c++)
        {
            var standard = (row[c] - means[c]) / scales[c];
            to[c] = standard * standard;
        }
    }

    private static void Require(Matrix residuals)
    {
        ArgumentNullException.ThrowIfNull(residuals);
        residuals.RequireFinite("the residuals");
        if (residuals.Rows < 3)
            throw ClosedLoopException.Failed($"{residuals.Rows} residuals are too few for a noise covariance; at least 3 are needed");
    }
}
