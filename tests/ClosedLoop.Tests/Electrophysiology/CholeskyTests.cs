using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tests.Electrophysiology;

public class CholeskyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(33)]
    public void The_factor_gives_the_matrix_back_and_solves_it(int n)
    {
        var random = new RandomStream(67, "cholesky");
        double[] half = [.. Enumerable.Range(0, n * n).Select(_ => random.Normal())], a = new double[n * n], b = [.. Enumerable.Range(0, n).Select(_ => random.Normal())];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                a[(i * n) + j] = (i == j ? 0.5 : 0) + Enumerable.Range(0, n).Sum(k => half[(i * n) + k] * half[(j * n) + k]);
        var lower = Cholesky.Factor(a, n)!;
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                Assert.Equal(a[(i * n) + j], Enumerable.Range(0, Math.Min(i, j) + 1).Sum(k => lower[(i * n) + k] * lower[(j * n) + k]), 1e-12 * n);
        double[] x = [.. b], y = [.. b];
        Cholesky.Solve(lower, n, x);
        Cholesky.Forward(lower, n, y);
        for (var i = 0; i < n; i++)
        {
            Assert.Equal(b[i], Enumerable.Range(0, n).Sum(j => a[(i * n) + j] * x[j]), 1e-10 * n);
            Assert.Equal(b[i], Enumerable.Range(0, i + 1).Sum(k => lower[(i * n) + k] * y[k]), 1e-12 * n);
        }
    }

    [Fact]
    public void What_is_not_positive_has_no_factor() => Assert.Null(Cholesky.Factor([1, 2, 2, 1], 2));
}
