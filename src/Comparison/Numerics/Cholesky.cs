namespace ClosedLoop.Comparison;

/// <summary>
/// A symmetric positive matrix as a lower triangle times its transpose, kept for one vector at a time (many at once:
/// <see cref="BlockCholesky"/>). This room's own, as it uses Core alone.
/// </summary>
internal sealed class Cholesky
{
    private readonly Matrix _lower;

    // The transpose, so that the backward substitution too runs along rows.
    private readonly Matrix _upper;

    private Cholesky(Matrix lower)
    {
        _lower = lower;
        _upper = new(lower.Rows, lower.Rows);
        for (var i = 0; i < lower.Rows; i++)
            for (var j = 0; j <= i; j++)
                _upper[j, i] = lower[i, j];
    }

    /// <summary>Factors a matrix, of which the lower triangle is read; null where it is not positive, to rounding.</summary>
    public static Cholesky? Factor(Matrix matrix)
    {
        var n = matrix.Rows;
        var lower = new Matrix(n, n);
        for (var i = 0; i < n; i++)
        {
            var row = lower.Row(i);
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[i, j] - Vectors.Dot(row[..j], lower.Row(j)[..j]);
                // NB: relative: what rounding leaves of a direction that is not there is seldom 0.
                if (i == j && !(sum > 1e-15 * matrix[i, i]))
                    return null;
                row[j] = i == j ? Math.Sqrt(sum) : sum / lower[j, j];
            }
        }
        return new(lower);
    }

    /// <summary>Solves the lower triangle times x = b in place.</summary>
    public void Forward(Span<double> b)
    {
        for (var i = 0; i < b.Length; i++)
            b[i] = (b[i] - Vectors.Dot(_lower.Row(i)[..i], b[..i])) / _lower[i, i];
    }

    /// <summary>Solves matrix times x = b in place.</summary>
    public void Solve(Span<double> b)
    {
        Forward(b);
        for (var i = b.Length - 1; i >= 0; i--)
            b[i] = (b[i] - Vectors.Dot(_upper.Row(i)[(i + 1)..], b[(i + 1)..])) / _lower[i, i];
    }

    /// <summary>The inverse of the matrix.</summary>
    public Matrix Inverse()
    {
        var inverse = new Matrix(_lower.Rows, _lower.Rows);
        for (var i = 0; i < inverse.Rows; i++)
        {
            // NB: the inverse is symmetric: its columns are its rows.
            inverse[i, i] = 1;
            Solve(inverse.Row(i));
        }
        return inverse;
    }
}
