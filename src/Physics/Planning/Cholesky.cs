namespace ClosedLoop.Physics;

/// <summary>Solves small symmetric positive definite systems in place.</summary>
public static class Cholesky
{
    /// <summary>Solves A x = b: A (n by n, row-major) is overwritten by its factor, b by x. Pivots are held above <paramref name="least"/>.</summary>
    public static void Solve(Span<double> a, Span<double> b, int n, double least)
    {
        for (var j = 0; j < n; j++)
        {
            var pivot = a[(j * n) + j];
            for (var k = 0; k < j; k++)
                pivot -= a[(j * n) + k] * a[(j * n) + k];
            var root = Math.Sqrt(Math.Max(pivot, least));
            a[(j * n) + j] = root;
            for (var i = j + 1; i < n; i++)
            {
                var sum = a[(i * n) + j];
                for (var k = 0; k < j; k++)
                    sum -= a[(i * n) + k] * a[(j * n) + k];
                a[(i * n) + j] = sum / root;
            }
        }
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
