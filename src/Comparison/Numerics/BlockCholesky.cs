using System.Runtime.Intrinsics;

namespace ClosedLoop.Comparison;

/// <summary>
/// A large symmetric positive matrix as a lower triangle times its transpose: as <see cref="Cholesky"/>, but by blocks, whose
/// products stay in registers, and it solves for sixteen vectors at once.
/// </summary>
internal sealed unsafe class BlockCholesky : IDisposable
{
    private readonly AlignedBuffer _lower, _inverses;
    private readonly int _stride;

    private BlockCholesky(int rows)
    {
        // NB: filled up with ones on the diagonal to whole tiles; and rows an odd number of cache lines apart do not push each other out.
        Rows = Padded(rows);
        _stride = Rows + 8;
        (_lower, _inverses) = (AlignedBuffer.Rent((long)Rows * _stride), AlignedBuffer.Rent((long)Rows * TileProduct.Rows));
    }

    /// <summary>Number of rows, filled up to a multiple of <see cref="TileProduct.Columns"/>.</summary>
    public int Rows { get; }

    /// <summary>The least multiple of <see cref="TileProduct.Columns"/> that is not below <paramref name="n"/>.</summary>
    public static int Padded(int n) => (n + TileProduct.Columns - 1) / TileProduct.Columns * TileProduct.Columns;

    /// <summary>Factors a matrix, of which the lower triangle is read; null where it is not positive, to rounding.</summary>
    public static BlockCholesky? Factor(Matrix matrix)
    {
        const int Side = TileProduct.Columns;
        var factor = new BlockCholesky(matrix.Rows);
        var panel = AlignedBuffer.Rent((long)factor.Rows * Side);
        var square = stackalloc double[Side * Side];
        fixed (double* values = matrix.Values)
            for (var first = 0; first < factor.Rows; first += Side)
            {
                var own = Math.Min(Side, matrix.Rows - first);
                new Span<double>(square, Side * Side).Clear();
                for (var i = 0; i < Side; i++)
                {
                    double* row = values + ((long)(first + i) * matrix.Columns), to = panel.Data + i;
                    for (var c = 0; c < first; c++, to += Side)
                        *to = i < own ? row[c] : 0;
                    for (var j = 0; j <= i; j++)
                        square[(i * Side) + j] = square[(j * Side) + i] = i < own ? -row[first + j] : i == j ? -1 : 0;
                }
                factor.SolveTile(panel.Data, Side, first);
                TileProduct.AddTransposed(panel.Data, Side, first, panel.Data, Side, square, Side);
                TileProduct.AddTransposed(panel.Data + TileProduct.Rows, Side, first, panel.Data, Side, square + (TileProduct.Rows * Side), Side);
                if (!FactorSquare(square, matrix, first, own))
                {
                    factor.Dispose();
                    return null;
                }
                for (var i = 0; i < Side; i++)
                {
                    double* row = factor._lower.Data + ((long)(first + i) * factor._stride), from = panel.Data + i;
                    for (var c = 0; c < first; c++, from += Side)
                        row[c] = -*from;
                    for (var j = 0; j <= i; j++)
                        row[first + j] = square[(j * Side) + i];
                }
                factor.Invert(first);
                factor.Invert(first + TileProduct.Rows);
            }
        panel.Return();
        return factor;
    }

    /// <summary>Solves the lower triangle times x = b in place, and changes the sign of all numbers.</summary>
    /// <param name="b"><see cref="Rows"/> rows, <paramref name="stride"/> numbers apart.</param>
    /// <param name="stride">See there.</param>
    /// <param name="columns">How many; a multiple of <see cref="TileProduct.Columns"/>.</param>
    public void SolveNegated(double* b, int stride, int columns)
    {
        for (var column = 0; column < columns; column += TileProduct.Columns)
            SolveTile(b + column, stride, Rows);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lower.Return();
        _inverses.Return();
    }

    /// <summary>Turns minus a symmetric square into the transpose of its factor, row by row.</summary>
    private static bool FactorSquare(double* square, Matrix matrix, int first, int own)
    {
        const int Side = TileProduct.Columns;
        for (var j = 0; j < Side; j++)
        {
            var row = square + (j * Side);
            // NB: relative, as what rounding leaves of a direction that is not there is seldom 0.
            if (!(-row[j] > (j < own ? 1e-15 * matrix[first + j, first + j] : 0)))
                return false;
            var scale = Vector512.Create(-1 / Math.Sqrt(-row[j]));
            Vector512<double> low = Vector512.Load(row) * scale, high = Vector512.Load(row + 8) * scale;
            low.Store(row);
            high.Store(row + 8);
            for (var i = j + 1; i < Side; i++)
            {
                var to = square + (i * Side);
                var factor = Vector512.Create(row[i]);
                Vector512.FusedMultiplyAdd(factor, low, Vector512.Load(to)).Store(to);
                Vector512.FusedMultiplyAdd(factor, high, Vector512.Load(to + 8)).Store(to + 8);
            }
        }
        return true;
    }

    /// <summary>Minus the inverse of the eight by eight numbers on the diagonal: with it a step of the solution is a product too.</summary>
    private void Invert(int first)
    {
        const int Side = TileProduct.Rows;
        var inverse = _inverses.Data + ((long)first * Side);
        for (var i = 0; i < Side; i++)
        {
            var row = _lower.Data + ((long)(first + i) * _stride) + first;
            var sum = Vector512<double>.Zero.WithElement(i, -1);
            for (var k = 0; k < i; k++)
                sum -= Vector512.Create(row[k]) * Vector512.Load(inverse + (k * Side));
            (sum * Vector512.Create(1 / row[i])).Store(inverse + (i * Side));
        }
    }

    /// <summary>Sixteen columns, their first rows.</summary>
    private void SolveTile(double* b, int stride, int rows)
    {
        const int Size = TileProduct.Rows * TileProduct.Columns;
        var tile = stackalloc double[Size];
        for (var first = 0; first < rows; first += TileProduct.Rows)
        {
            var to = b + ((long)first * stride);
            TileProduct.Copy(to, stride, tile, TileProduct.Columns);
            TileProduct.Clear(to, stride);
            // What is solved already has the other sign, so that adding takes it off.
            TileProduct.Add(_lower.Data + ((long)first * _stride), _stride, first, b, stride, tile, TileProduct.Columns);
            TileProduct.Add(_inverses.Data + ((long)first * TileProduct.Rows), TileProduct.Rows, TileProduct.Rows, tile, TileProduct.Columns, to, stride);
        }
    }
}
