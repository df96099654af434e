namespace ClosedLoop.Physics;

/// <summary>
/// Solves small symmetric positive definite systems in place, without memory of its own, once a right-hand side: what planning,
/// simulation and registration need. (Electrophysiology and Comparison may not use this room, and keep factors for many.)
/// </summary>
public static class Cholesky
{
    /// <summary>Solves A x = b: A (n by n, row-major, lower triangle) is overwritten by its factor, b by x. Pivots are held above <paramref name="least"/>.</summary>
    public static void Solve(Span<double> a, Span<double> b, int n, double least)
    {
        for (var j = 0; j < n; j++)
            Column(a, n, j, Math.Max(Pivot(a, n, j), least));
        Substitute(a, b, n);
    }

    /// <summary>Solves A x = b: A (n by n, row-major, lower triangle) is overwritten by its factor, b by x.</summary>
    /// <returns>False where A is not positive definite; b is then as it was.</returns>
    public static bool TrySolve(Span<double> a, Span<double> b, int n)
    {
        for (var j = 0; j < n; j++)
        {
            var pivot = Pivot(a, n, j);
            if (!(pivot > 0))
                return false;
            Column(a, n, j, pivot);
        }
        Substitute(a, b, n);
        return true;
    }

    private static double Pivot(Span<double> a, int n, int j)
    {
        var pivot = a[(j * n) + j];
        for (var k = 0; k < j; k++)
            pivot -= a[(j * n) + k] * a[(j * n) + k];
        return pivot;
    }

    private static void Column(Span<double> a, int n, int j, double pivot)
    {
        var root = Math.Sqrt(pivot);
        a[(j * n) + j] = root;
        for (var i = j + 1; i < n; i++)
        {
            var sum = a[(i * n) + j];
            for (var k = 0; k < j; k++)
                sum -= a[(i * n) + k] * a[(j * n) + k];
            a[(i * n) + j] = sum / root;
        }
    }

    private static void Substitute(Span<double> a, Span<double> b, int n)
    {
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++)
                b[i] -= a[(i * n) + k] * b[k];
            b[i] /= a[(i * n) + i];
        }
        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++)
                b[i] -= a[(k * n) + i] * b[k];
            b[i] /= a[(i * n) + i];
        }
    }
}
