namespace ClosedLoop.Comparison;

/// <summary>Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's cyclic rotations: slow for many hundreds, accurate always.</summary>
internal sealed class SymmetricEigen
{
    private SymmetricEigen(double[] values, Matrix vectors) => (Values, Vectors) = (values, vectors);

    /// <summary>Eigenvalues, the largest first.</summary>
    public double[] Values { get; }

    /// <summary>The eigenvector of each value, one a row, of length 1; its largest component is positive.</summary>
    public Matrix Vectors { get; }

    /// <summary>Decomposes a symmetric matrix.</summary>
    public static SymmetricEigen Of(Matrix matrix)
    {
        var n = matrix.Rows;
        var a = new Matrix(n, n, (double[])matrix.Values.Clone());
        var v = new Matrix(n, n);
        for (var i = 0; i < n; i++)
            v[i, i] = 1;
        for (var sweep = 0; sweep < 60; sweep++)
        {
            var (off, diagonal) = (0.0, 0.0);
            for (var i = 0; i < n; i++)
            {
                diagonal += a[i, i] * a[i, i];
                for (var j = 0; j < i; j++)
                    off += a[i, j] * a[i, j];
            }
            if (off <= 1e-32 * diagonal)
                break;
            for (var p = 0; p < n - 1; p++)
                for (var q = p + 1; q < n; q++)
                    Rotate(a, v, p, q);
        }
        var order = Enumerable.Range(0, n).OrderByDescending(i => a[i, i]).ToArray();
        var vectors = v.Take(order);
        for (var i = 0; i < n; i++)
        {
            var row = vectors.Row(i);
            var largest = 0;
            for (var j = 1; j < n; j++)
                if (Math.Abs(row[j]) > Math.Abs(row[largest]) * (1 + 1e-9))
                    largest = j;
            if (row[largest] < 0)
                for (var j = 0; j < n; j++)
                    row[j] = -row[j];
        }
        return new([.. order.Select(i => a[i, i])], vectors);
    }

    private static void Rotate(Matrix a, Matrix v, int p, int q)
    {
        var apq = a[p, q];
        if (apq == 0)
            return;
        var theta = (a[q, q] - a[p, p]) / (2 * apq);
        var t = Math.Abs(theta) > 1e150 ? 0.5 / theta : (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        var c = 1 / Math.Sqrt((t * t) + 1);
        var s = t * c;
        // NB: rows first, then columns: the matrix is kept whole, and rows lie together in memory.
        Turn(a.Row(p), a.Row(q), c, s);
        for (var k = 0; k < a.Rows; k++)
        {
            var row = a.Row(k);
            (row[p], row[q]) = ((c * row[p]) - (s * row[q]), (s * row[p]) + (c * row[q]));
        }
        (a[p, q], a[q, p]) = (0, 0);
        Turn(v.Row(p), v.Row(q), c, s);
    }

    private static void Turn(Span<double> one, Span<double> other, double c, double s)
    {
        for (var k = 0; k < one.Length; k++)
            (one[k], other[k]) = ((c * one[k]) - (s * other[k]), (s * one[k]) + (c * other[k]));
    }
}
