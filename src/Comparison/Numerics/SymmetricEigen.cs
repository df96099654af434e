using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix: made tridiagonal by Householder's reflections, and then diagonal by QL steps
/// with implicit shifts (Golub and Van Loan, Matrix Computations, section 8.3; Bowdler, Martin, Reinsch and Wilkinson 1968). Exact
/// to rounding of the largest eigenvalue; the same matrix gives the same bits.
/// </summary>
internal sealed class SymmetricEigen
{
    private const double Rounding = 1.1102230246251565e-16;
    private const int MostSteps = 60;

    private SymmetricEigen(double[] values, Matrix vectors) => (Values, Vectors) = (values, vectors);

    /// <summary>Eigenvalues, the largest first.</summary>
    public double[] Values { get; }

    /// <summary>The eigenvector of each value, one a row, of length 1; its largest component is positive.</summary>
    public Matrix Vectors { get; }

    /// <summary>Decomposes a symmetric matrix, of which the lower triangle is read.</summary>
    /// <exception cref="ClosedLoopException">A number is not finite.</exception>
    public static unsafe SymmetricEigen Of(Matrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        matrix.RequireFinite("a symmetric matrix");
        var n = matrix.Rows;
        var largest = 0.0;
        foreach (var value in matrix.Values)
            largest = Math.Max(largest, Math.Abs(value));
        if (largest == 0)
            largest = 1;
        // NB: by a power of two, which rounds nothing, so that no square is too large or too small for a number.
        var exponent = Math.ILogB(largest);
        using var tridiagonal = new Tridiagonal(matrix, Math.ScaleB(1, -exponent));
        using var basis = tridiagonal.Basis();
        var values = tridiagonal.Diagonal;
        var rotations = new RowRotations(basis.Data, tridiagonal.Stride, n);
        var negligible = 0.0;
        for (var i = 0; i < n; i++)
            negligible = Math.Max(negligible, Rounding * (Math.Abs(values[i]) + Math.Abs(tridiagonal.OffDiagonal[i])));
        for (var first = 0; first < n; first++)
            Separate(values, tridiagonal.OffDiagonal, first, negligible, rotations);
        rotations.Finish();
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => values[i])];
        var vectors = new Matrix(n, n);
        for (var i = 0; i < n; i++)
        {
            var row = vectors.Row(i);
            new ReadOnlySpan<double>(basis.Data + ((long)order[i] * tridiagonal.Stride), n).CopyTo(row);
            MakeLargestPositive(row);
        }
        return new([.. order.Select(i => Math.ScaleB(values[i], exponent))], vectors);
    }

    /// <summary>Takes steps until a value has nothing beside it any more.</summary>
    private static void Separate(double[] d, double[] e, int first, double negligible, RowRotations rotations)
    {
        for (var step = 0; ; step++)
        {
            var last = first;
            // NB: beside the largest of all, not beside its neighbours: where those are small, each step's rounding brings it back.
            while (last < d.Length - 1 && Math.Abs(e[last]) > negligible)
                last++;
            if (last == first)
                return;
            if (step == MostSteps)
                throw new InvalidOperationException($"eigenvalue {first} of {d.Length} has not been found within {MostSteps} QL steps");
            Step(d, e, first, last, rotations);
        }
    }

    /// <summary>A QL step of a part of the tridiagonal matrix, shifted by that eigenvalue of the first two by two numbers that is nearer to the first.</summary>
    private static void Step(double[] d, double[] e, int first, int last, RowRotations rotations)
    {
        var half = (d[first + 1] - d[first]) / (2 * e[first]);
        var root = Math.Sqrt((half * half) + 1);
        // The bulge: what a rotation has left outside of the three diagonals, for the next to turn away.
        var (g, c, s, moved) = (d[last] - d[first] + (e[first] / (half + (half < 0 ? -root : root))), 1.0, 1.0, 0.0);
        rotations.Begin(last);
        for (var i = last - 1; i >= first; i--)
        {
            var (bulge, beside) = (s * e[i], c * e[i]);
            var length = Math.Sqrt((bulge * bulge) + (g * g));
            e[i + 1] = length;
            if (length == 0)
            {
                // The matrix falls apart here: what follows begins anew.
                d[i + 1] -= moved;
                e[last] = 0;
                rotations.End();
                return;
            }
            (s, c) = (bulge / length, g / length);
            g = d[i + 1] - moved;
            var turned = ((d[i] - g) * s) + (2 * c * beside);
            moved = s * turned;
            d[i + 1] = g + moved;
            g = (c * turned) - beside;
            rotations.Add(c, s);
        }
        d[first] -= moved;
        e[first] = g;
        e[last] = 0;
        rotations.End();
    }

    private static void MakeLargestPositive(Span<double> row)
    {
        var largest = 0;
        for (var j = 1; j < row.Length; j++)
            // NB: of components that differ by rounding alone the first counts.
            if (Math.Abs(row[j]) > Math.Abs(row[largest]) * (1 + 1e-9))
                largest = j;
        if (row[largest] < 0)
            for (var j = 0; j < row.Length; j++)
                row[j] = -row[j];
    }
}
