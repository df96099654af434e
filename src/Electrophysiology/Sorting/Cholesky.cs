using System.Numerics;
using System.Runtime.InteropServices;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Positive matrices as a lower triangle times its transpose, row by row. This room's own, as it uses Core alone; and in an order of
/// sums that the sorter's decisions, and so its recordings, depend on to the bit.
/// </summary>
internal static class Cholesky
{
    /// <summary>The lower triangle, or null where the matrix is not positive.</summary>
    public static double[]? Factor(double[] matrix, int n)
    {
        var lower = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[(i * n) + j];
                for (var k = 0; k < j; k++)
                    sum -= lower[(i * n) + k] * lower[(j * n) + k];
                if (i == j && !(sum > 0))
                    return null;
                lower[(i * n) + j] = i == j ? Math.Sqrt(sum) : sum / lower[(j * n) + j];
            }
        return lower;
    }

    /// <summary>Solves the lower triangle times x = b in place.</summary>
    public static void Forward(double[] lower, int n, Span<double> b)
    {
        for (var i = 0; i < n; i++)
            b[i] = (b[i] - Dot(lower.AsSpan(i * n, i), b[..i])) / lower[(i * n) + i];
    }

    /// <summary>Solves matrix times x = b in place.</summary>
    public static void Solve(double[] lower, int n, Span<double> b)
    {
        Forward(lower, n, b);
        for (var i = n - 1; i >= 0; i--)
        {
            var sum = b[i];
            for (var k = i + 1; k < n; k++)
                sum -= lower[(k * n) + i] * b[k];
            b[i] = sum / lower[(i * n) + i];
        }
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        // NB: two sums, for each addition waits for the last one of its own.
        var u = MemoryMarshal.Cast<double, Vector<double>>(a);
        var v = MemoryMarshal.Cast<double, Vector<double>>(b);
        var (sum, other, i) = (Vector<double>.Zero, Vector<double>.Zero, 0);
        for (; i + 1 < u.Length; i += 2)
            (sum, other) = (Vector.FusedMultiplyAdd(u[i], v[i], sum), Vector.FusedMultiplyAdd(u[i + 1], v[i + 1], other));
        if (i < u.Length)
            sum = Vector.FusedMultiplyAdd(u[i], v[i], sum);
        var rest = Vector.Sum(sum + other);
        for (i = u.Length * Vector<double>.Count; i < a.Length; i++)
            rest += a[i] * b[i];
        return rest;
    }
}
