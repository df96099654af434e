namespace ClosedLoop.PoseTracking;

/// <summary>Solves small dense positive definite systems.</summary>
internal static class DenseCholesky
{
    /// <summary>
    /// Solves (A + damping diag A) x = b from the lower triangle of A (row-major), which is left as it is.
    /// </summary>
    /// <returns>False where the matrix is not positive definite.</returns>
    public static bool Solve(double[] lower, double[] b, double[] x, double damping)
    {
        var n = b.Length;
        var l = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            var rowI = l.AsSpan(i * n, n);
            for (var j = 0; j <= i; j++)
            {
                var sum = lower[(i * n) + j] - PoseSolver.Dot(rowI[..j], l.AsSpan(j * n, j));
                if (i != j)
                {
                    rowI[j] = sum / l[(j * n) + j];
                    continue;
                }
                sum += damping * lower[(i * n) + i];
                if (!(sum > 0))
                    return false;
                rowI[i] = Math.Sqrt(sum);
            }
        }
        for (var i = 0; i < n; i++)
            x[i] = (b[i] - PoseSolver.Dot(l.AsSpan(i * n, i), x.AsSpan(0, i))) / l[(i * n) + i];
        for (var i = n - 1; i >= 0; i--)
        {
            x[i] /= l[(i * n) + i];
            for (var j = 0; j < i; j++)
                x[j] -= l[(i * n) + j] * x[i];
        }
        return true;
    }
}
