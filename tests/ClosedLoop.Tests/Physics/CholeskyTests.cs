using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics;

public class CholeskyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(40)]
    public void What_is_solved_times_the_matrix_is_the_right_hand_side(int n)
    {
        var (a, b) = Planted(n);
        double[] held = [.. a], x = [.. b], tried = [.. a], y = [.. b];
        Cholesky.Solve(held, x, n, 1e-12);
        Assert.True(Cholesky.TrySolve(tried, y, n));
        Assert.Equal(x, y);
        for (var i = 0; i < n; i++)
            Assert.Equal(b[i], Enumerable.Range(0, n).Sum(j => a[(i * n) + j] * x[j]), 1e-10 * n);
    }

    [Fact]
    public void What_is_not_positive_is_held_or_refused()
    {
        double[] a = [1, 2, 2, 1], b = [3, 5];
        Assert.False(Cholesky.TrySolve([.. a], b, 2));
        Assert.Equal([3, 5], b);
        // The second pivot, 1 - 4, is held at 1/4: of L = (1 0, 2 1/2), L L' x = b.
        Cholesky.Solve(a, b, 2, 0.25);
        Assert.Equal(-4, b[1], 1e-14);
        Assert.Equal(11, b[0], 1e-14);
        Assert.False(Cholesky.TrySolve([double.NaN], b, 1));
    }

    private static (double[] A, double[] B) Planted(int n)
    {
        var random = new RandomStream(66, "cholesky");
        double[] half = [.. Enumerable.Range(0, n * n).Select(_ => random.Normal())], a = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                a[(i * n) + j] = (i == j ? 0.5 : 0) + Enumerable.Range(0, n).Sum(k => half[(i * n) + k] * half[(j * n) + k]);
        return (a, [.. Enumerable.Range(0, n).Select(_ => random.Normal())]);
    }
}
