using System.Runtime.Intrinsics;

namespace ClosedLoop.Comparison;

/// <summary>
/// A symmetric positive matrix as a lower triangle L times its transpose: as <see cref="Cholesky"/>, but by blocks, for many rows
/// to be whitened at once. With L' = U, blocks of sixteen on the diagonal of U inverted (D) and U_jk D_k in the place of U_jk, a step
/// of the substitution, X_k = (B_k - sum over j &lt; k of X_j U_jk) D_k, is one product of what lies side by side in memory.
/// </summary>
internal sealed unsafe class BlockCholesky : IDisposable
{
    private const int Side = TileProduct.Columns;

    private readonly TrianglePanels _panels;

    private BlockCholesky(int rows) => _panels = new(BlockProducts.Padded(rows));

    /// <summary>Number of rows, filled up with ones on the diagonal to whole vectors.</summary>
    public int Rows => _panels.Columns;

    /// <summary>Factors a symmetric matrix; null where it is not positive, to rounding.</summary>
    public static BlockCholesky? Factor(Matrix matrix)
    {
        var factor = new BlockCholesky(matrix.Rows);
        var stride = TrianglePanels.Stride(factor.Rows);
        // NB: not on the stack, where a vector would lie across two cache lines.
        var work = AlignedBuffer.Rent(((long)Side * stride) + (2 * Side * Side) + Side + RowProducts.Numbers);
        double* rows = work.Data, square = rows + ((long)Side * stride), inverse = square + (Side * Side), scales = inverse + (Side * Side), sums = scales + Side;
        var positive = true;
        fixed (double* values = matrix.Values)
            for (var first = 0; positive && first < factor.Rows; first += Side)
            {
                // The next rows of L are those of the matrix, substituted with the panels before.
                var (own, width) = (Math.Min(Side, matrix.Rows - first), factor._panels.Width(first));
                for (var i = 0; i < width; i++)
                {
                    double* row = rows + ((long)i * stride), block = square + (i * Side), from = values + ((long)(first + i) * matrix.Columns);
                    if (i >= own)
                        from = null;
                    Copy(from, row, first);
                    if (own == Side)
                    {
                        Copy(from + first, block, Side);
                        continue;
                    }
                    for (var j = 0; j < Side; j++)
                        block[j] = i < own && j < own ? from[first + j] : i == j ? 1 : 0;
                }
                factor._panels.Substitute(rows, stride, width, first);
                SubtractSquares(rows, stride, first, width, sums, square);
                positive = FactorSquare(square, matrix, first, own, width, scales);
                if (positive)
                {
                    Invert(square, scales, inverse, width);
                    factor.Fill(first, width, rows, stride, inverse);
                }
            }
        work.Return();
        if (positive)
            return factor;
        factor.Dispose();
        return null;
    }

    /// <summary>Rows in coordinates in which the matrix is the identity: each becomes the solution x of L x = row.</summary>
    /// <param name="rows">Rows of <see cref="Rows"/> numbers, <paramref name="stride"/> apart.</param>
    /// <param name="stride">See there.</param>
    /// <param name="count">How many; a multiple of <see cref="TileProduct.Rows"/>.</param>
    public void Whiten(double* rows, int stride, int count) => _panels.Substitute(rows, stride, count, Rows);

    /// <inheritdoc/>
    public void Dispose() => _panels.Dispose();

    /// <summary>Copies whole vectors; or zeros from nowhere.</summary>
    private static void Copy(double* from, double* to, int count)
    {
        for (var k = 0; k < count; k += 8)
            (from == null ? default : Vector512.Load(from + k)).Store(to + k);
    }

    /// <summary>Takes the products of rows with each other off the upper triangle of a square, and changes its sign.</summary>
    private static void SubtractSquares(double* rows, int stride, int length, int width, double* sums, double* square)
    {
        const int Part = RowProducts.Rows;
        var products = stackalloc double[Part * Part];
        for (var i = 0; i < width; i += Part)
            for (var j = i; j < width; j += Part)
            {
                RowProducts.Clear(sums);
                RowProducts.Add(rows + ((long)i * stride), rows + ((long)j * stride), stride, length, 1, 0, sums);
                RowProducts.Finish(sums, products, Part);
                var to = square + (i * Side) + j;
                for (var r = 0; r < Part; r++, to += Side)
                    (Vector256.Load(products + (r * Part)) - Vector256.Load(to)).Store(to);
            }
    }

    /// <summary>
    /// Turns the upper triangle of minus a symmetric square into V and s, with the square V' diag(s^2) V and V's diagonal of ones:
    /// unlike V diag(s) itself that needs no root before the next row can be begun.
    /// </summary>
    private static bool FactorSquare(double* square, Matrix matrix, int first, int own, int width, double* scales)
    {
        for (var j = 0; j < width; j++)
        {
            var row = square + (j * Side);
            // NB: relative, as what rounding leaves of a direction that is not there is seldom 0.
            if (!(-row[j] > (j < own ? 1e-15 * matrix[first + j, first + j] : 0)))
                return false;
            var inverse = -1 / row[j];
            scales[j] = inverse;
            Vector512<double> low = Vector512.Load(row), high = Vector512.Load(row + 8);
            for (var i = j + 1; i < width; i++)
            {
                var to = square + (i * Side);
                var times = Vector512.Create(row[i] * inverse);
                if (i < 8)
                    Vector512.FusedMultiplyAdd(times, low, Vector512.Load(to)).Store(to);
                Vector512.FusedMultiplyAdd(times, high, Vector512.Load(to + 8)).Store(to + 8);
            }
        }
        return true;
    }

    /// <summary>The inverse of diag(s) V, from the last row up; 0 below the diagonal.</summary>
    private static void Invert(double* square, double* scales, double* inverse, int width)
    {
        for (var i = width - 1; i >= 0; i--)
        {
            var to = inverse + (i * Side);
            Vector512<double> low = default, high = default;
            for (var k = width - 1; k > i; k--)
            {
                var times = Vector512.Create(square[(i * Side) + k] * scales[i]);
                if (k < 8)
                    low = Vector512.FusedMultiplyAdd(times, Vector512.Load(inverse + (k * Side)), low);
                high = Vector512.FusedMultiplyAdd(times, Vector512.Load(inverse + (k * Side) + 8), high);
            }
            low.Store(to);
            high.Store(to + 8);
            to[i] = 1;
        }
        Vector512<double> left = Vector512.Sqrt(Vector512.Load(scales)), right = Vector512.Sqrt(Vector512.Load(scales + 8));
        for (var i = 0; i < width; i++)
        {
            var to = inverse + (i * Side);
            (Vector512.Load(to) * left).Store(to);
            (Vector512.Load(to + 8) * right).Store(to + 8);
        }
    }

    /// <summary>The panel of a block: the inverse, and above it minus the transposed rows times it.</summary>
    private void Fill(int first, int width, double* rows, int stride, double* inverse)
    {
        var panel = _panels.Panel(first);
        // NB: minus the inverse first, for the products, and then the inverse.
        for (var k = 0; k < Side * width; k += 8)
            (-Vector512.Load(inverse + k)).Store(inverse + k);
        if (width == Side)
            for (var j = 0; j < first; j += TileProduct.Rows)
                TileProduct.MultiplyTransposed(rows + j, stride, width, inverse, Side, panel + ((long)j * width), width);
        else
        {
            new Span<double>(panel, first * width).Clear();
            BlockProducts.AddTransposed(rows, stride, first, inverse, Side, width, panel, width);
        }
        panel += (long)first * width;
        for (var i = 0; i < width; i++)
            for (var k = 0; k < width; k += 8)
                (-Vector512.Load(inverse + (i * Side) + k)).Store(panel + (i * width) + k);
    }
}
