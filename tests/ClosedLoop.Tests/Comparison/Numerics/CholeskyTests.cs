using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison.Numerics;

public class CholeskyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(40)]
    public void Solutions_and_inverse_are_those_of_the_matrix(int n)
    {
        var random = new RandomStream(68, "cholesky");
        var matrix = PlantedCounts.Features(random, (2 * n) + 3, n, memory: 0.5).Covariance();
        var factor = Cholesky.Factor(matrix)!;
        var right = PlantedCounts.Features(random, 1, n, memory: 0).Row(0).ToArray();
        double[] x = [.. right], half = [.. right];
        factor.Solve(x);
        factor.Forward(half);
        var inverse = factor.Inverse();
        // L x = b, so |x|^2 = b' A^-1 b.
        Assert.Equal(Vectors.Dot(right, x), Vectors.Dot(half, half), 1e-9 * Vectors.Dot(half, half));
        for (var i = 0; i < n; i++)
        {
            Assert.Equal(right[i], Vectors.Dot(matrix.Row(i), x), 1e-9);
            Assert.Equal(x[i], Vectors.Dot(inverse.Row(i), right), 1e-9 * x.Max(Math.Abs));
            for (var j = 0; j < n; j++)
                Assert.Equal(i == j ? 1 : 0, Vectors.Dot(matrix.Row(i), inverse.Column(j)), 1e-9);
        }
    }

    [Fact]
    public void What_is_not_positive_has_no_factor() => Assert.Null(Cholesky.Factor(Matrix.Of([1, 2], [2, 1])));
}
