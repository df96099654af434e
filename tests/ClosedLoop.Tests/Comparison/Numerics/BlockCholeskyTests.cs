using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison.Numerics;

/// <summary>Whitening by blocks, beside plain substitution.</summary>
public unsafe class BlockCholeskyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(33)]
    [InlineData(70)]
    [InlineData(128)]
    public void Rows_are_whitened_as_by_substitution(int n)
    {
        const int Count = 16;
        var random = new RandomStream(63, "cholesky");
        var matrix = PlantedCounts.Features(random, (2 * n) + 3, n, memory: 0.5).Covariance();
        var rows = PlantedCounts.Features(random, Count, n, memory: 0);
        using var factor = BlockCholesky.Factor(matrix)!;
        Assert.InRange(factor.Rows, n, n + 7);
        var stride = TrianglePanels.Stride(factor.Rows);
        using var buffer = new AlignedBuffer((long)Count * stride);
        for (var i = 0; i < Count; i++)
            rows.Row(i).CopyTo(new Span<double>(buffer.Data + (i * stride), n));
        factor.Whiten(buffer.Data, stride, Count);
        var plain = Cholesky.Factor(matrix)!;
        for (var i = 0; i < Count; i++)
        {
            plain.Forward(rows.Row(i));
            for (var c = 0; c < factor.Rows; c++)
                Assert.Equal(c < n ? rows[i, c] : 0, buffer.Data[(i * stride) + c], 1e-10);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(45)]
    public void What_is_not_positive_has_no_factor(int n)
    {
        var random = new RandomStream(64, "cholesky");
        var matrix = PlantedCounts.Features(random, 3 * n, n, memory: 0).Covariance();
        Assert.NotNull(BlockCholesky.Factor(matrix));
        // A correlation of 2: the last pivot is negative.
        matrix[n - 1, 0] = matrix[0, n - 1] = 2 * Math.Sqrt(matrix[0, 0] * matrix[n - 1, n - 1]);
        Assert.Null(BlockCholesky.Factor(matrix));
        matrix[n - 1, n - 1] = double.NaN;
        Assert.Null(BlockCholesky.Factor(matrix));
    }
}
