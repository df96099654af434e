using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison.Numerics;

/// <summary>That eigenvectors are orthogonal and give the matrix back, of matrices that are hard in one way or another, and known eigenvalues.</summary>
public class SymmetricEigenTests
{
    private static readonly RandomStream Random = new(65, "eigen");

    public static TheoryData<string> Kinds => ["covariance", "fewer rows than columns", "zero", "identity", "projection", "equal", "graded", "graded the other way", "Hilbert", "two blocks", "clustered", "huge", "tiny", "negative", "diagonal", "antidiagonal"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Vectors_are_orthogonal_and_give_the_matrix_back(string kind)
    {
        foreach (var n in new[] { 1, 2, 3, 8, 37, 96 })
        {
            var matrix = Make(kind, n);
            var found = SymmetricEigen.Of(matrix);
            var scale = matrix.Values.Max(Math.Abs) * n;
            for (var i = 0; i < n; i++)
                for (var j = 0; j <= i; j++)
                {
                    var (product, back) = (0.0, 0.0);
                    for (var k = 0; k < n; k++)
                    {
                        product += found.Vectors[i, k] * found.Vectors[j, k];
                        back += found.Values[k] * found.Vectors[k, i] * found.Vectors[k, j];
                    }
                    Assert.Equal(i == j ? 1 : 0, product, 1e-12);
                    Assert.InRange(Math.Abs(back - matrix[i, j]), 0, 1e-13 * scale);
                }
            Assert.Equal(found.Values.OrderDescending(), found.Values);
            for (var i = 0; i < n; i++)
                Assert.Equal(found.Vectors.Row(i).ToArray().Max(Math.Abs), found.Vectors.Row(i).ToArray().Max(), 1e-8);
            var again = SymmetricEigen.Of(matrix);
            Assert.Equal(found.Values, again.Values);
            Assert.Equal(found.Vectors.Values, again.Vectors.Values);
        }
    }

    /// <summary>Of the second difference, 2 - 2 cos(k pi / (n + 1)) and sines; after a permutation, so that it is not tridiagonal any more.</summary>
    [Fact]
    public void The_second_difference_has_its_sines()
    {
        const int N = 150;
        int[] place = [.. Enumerable.Range(0, N).Select(i => i * 7 % N)];
        var matrix = new Matrix(N, N);
        for (var i = 0; i < N; i++)
        {
            matrix[place[i], place[i]] = 2;
            if (i > 0)
                matrix[place[i], place[i - 1]] = matrix[place[i - 1], place[i]] = -1;
        }
        var found = SymmetricEigen.Of(matrix);
        for (var k = 0; k < N; k++)
        {
            var angle = (N - k) * Math.PI / (N + 1);
            Assert.Equal(2 - (2 * Math.Cos(angle)), found.Values[k], 1e-13);
            var share = 0.0;
            for (var i = 0; i < N; i++)
                share += Math.Sqrt(2.0 / (N + 1)) * Math.Sin((i + 1) * angle) * found.Vectors[k, place[i]];
            Assert.Equal(1, Math.Abs(share), 1e-12);
        }
    }

    /// <summary>An eigenvalue six orders of magnitude below the largest is right to nine digits; Wilkinson's W21+ has pairs that agree to fourteen.</summary>
    [Fact]
    public void Small_and_close_eigenvalues_are_told()
    {
        var small = SymmetricEigen.Of(Matrix.Of([1e6, 0, 1e3], [0, 2, 1], [1e3, 1, 3]));
        // The characteristic polynomial at each, of trace, second minors and determinant.
        foreach (var value in small.Values)
            Assert.InRange(Math.Abs((((value - 1_000_005) * value + (2e6 + (3e6 - 1e6) + 5)) * value - ((1e6 * 5) - 2e6)) / (1 + (value * value))), 0, 1e-3);
        var wilkinson = new Matrix(21, 21);
        for (var i = 0; i < 21; i++)
        {
            wilkinson[i, i] = Math.Abs(i - 10);
            if (i > 0)
                wilkinson[i, i - 1] = wilkinson[i - 1, i] = 1;
        }
        var pairs = SymmetricEigen.Of(wilkinson).Values;
        Assert.Equal(10.746194182903393, pairs[0], 1e-13);
        Assert.Equal(10.746194182903322, pairs[1], 1e-13);
        Assert.Equal(-1.1254415221199849, pairs[^1], 1e-13);
    }

    [Fact]
    public void What_is_not_finite_is_refused() =>
        Assert.Contains("finite", Assert.Throws<ClosedLoopException>(() => SymmetricEigen.Of(Matrix.Of([1, 0], [double.NaN, 1]))).Message, StringComparison.Ordinal);

    private static Matrix Make(string kind, int n)
    {
        var half = n / 2;
        return kind switch
        {
            "covariance" => Normal((2 * n) + 2, n).Covariance(),
            "fewer rows than columns" => Normal(half + 2, n).Covariance(),
            "zero" => new(n, n),
            "identity" => Fill(n, (i, j) => i == j ? 1 : 0),
            "projection" => Turned(n, i => i < half ? 1 : 0),
            "equal" => Fill(n, (_, _) => 1),
            "graded" => Fill(n, (i, j) => Math.Pow(10, -0.1 * (i + j)) * (i == j ? 2 : 1)),
            "graded the other way" => Fill(n, (i, j) => Math.Pow(10, -0.1 * (n + n - i - j)) * (i == j ? 2 : 1)),
            "Hilbert" => Fill(n, (i, j) => 1.0 / (i + j + 1)),
            "two blocks" => Fill(n, (i, j) => i < half == j < half ? 1.0 / (1 + Math.Abs(i - j)) : 0),
            "clustered" => Turned(n, i => 1 + (1e-13 * i)),
            "huge" => Turned(n, i => 1e300 * (i + 1)),
            "tiny" => Turned(n, i => 1e-300 * (i + 1)),
            "negative" => Turned(n, i => -1 - i),
            "diagonal" => Fill(n, (i, j) => i == j ? (i * 7 % 5) - 2 : 0),
            "antidiagonal" => Fill(n, (i, j) => i + j == n - 1 ? 1 : 0),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    private static Matrix Normal(int rows, int columns) => new(rows, columns, [.. Enumerable.Range(0, rows * columns).Select(_ => Random.Normal())]);

    private static Matrix Fill(int n, Func<int, int, double> value)
    {
        var matrix = new Matrix(n, n);
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                matrix[i, j] = value(i, j);
        return matrix;
    }

    /// <summary>A matrix of those eigenvalues, in directions that no axis lies in.</summary>
    private static Matrix Turned(int n, Func<int, double> value)
    {
        var matrix = Fill(n, (i, j) => i == j ? value(i) : 0);
        for (var round = 0; round < 3; round++)
        {
            // H A H, with H = I - 2 v v'.
            var v = Enumerable.Range(0, n).Select(_ => Random.Normal()).ToArray();
            var length = Math.Sqrt(v.Sum(x => x * x));
            var p = Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Sum(j => matrix[i, j] * (v[j] / length))).ToArray();
            var share = Enumerable.Range(0, n).Sum(i => p[i] * (v[i] / length));
            var before = matrix;
            matrix = Fill(n, (i, j) => before[i, j] - (2 * (((v[i] / length) * p[j]) + (p[i] * (v[j] / length)))) + (4 * share * (v[i] / length) * (v[j] / length)));
        }
        return Fill(n, (i, j) => matrix[Math.Max(i, j), Math.Min(i, j)]);
    }
}
