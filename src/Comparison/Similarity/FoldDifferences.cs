using System.Runtime.Intrinsics;

namespace ClosedLoop.Comparison;

/// <summary>
/// What crossnobis distances are made of: how each condition differs from the first, fold by fold, and the sums of each
/// fold's differences times those of all others. Differences say all that distances need, in one column fewer, and what all
/// conditions share does not round. Channels are rows, so that all folds go through a product at once.
/// </summary>
internal sealed unsafe class FoldDifferences : IDisposable
{
    private readonly AlignedBuffer _right, _left;
    private readonly int _folds, _others, _channels, _rows, _stride, _columns;
    private bool _summed, _half;

    /// <summary>Takes the patterns of two folds or more, of one shape.</summary>
    public FoldDifferences(IReadOnlyList<Matrix> folds)
    {
        (_folds, _others, _channels) = (folds.Count, folds[0].Rows - 1, folds[0].Columns);
        (_rows, _columns) = (BlockCholesky.Padded(_channels), BlockCholesky.Padded(_folds * _others));
        // NB: rows an odd number of cache lines apart do not push each other out; and eight numbers may be read from any column on.
        _stride = _columns + 8;
        (_right, _left) = (AlignedBuffer.Rent((long)_rows * _stride), AlignedBuffer.Rent((long)_rows * _stride));
        for (var fold = 0; fold < _folds; fold++)
            fixed (double* rows = folds[fold].Values)
                Transpose(rows, _right.Data + (fold * _others));
        // What fills up the last tiles takes part in products with zeros, and must be a number.
        var own = _folds * _others;
        for (var c = 0; c < _channels; c++)
            new Span<double>(_right.Data + ((long)c * _stride) + own, _stride - own).Clear();
        new Span<double>(_right.Data + ((long)_channels * _stride), (_rows - _channels) * _stride).Clear();
    }

    /// <summary>Turns to the metric of a precision, of which the lower triangle is read.</summary>
    /// <remarks>
    /// Of P = L + L', with half of the diagonal in either, one is enough: a' P b is a' L b + b' L a, and the sums over ordered
    /// pairs of folds and both orders of conditions hold both. So twice the distances by L are those by P, at half of the products.
    /// </remarks>
    public void Multiply(Matrix precision)
    {
        const int Side = TileProduct.Rows;
        SumOthers();
        _half = true;
        using var diagonal = new AlignedBuffer((long)_rows * Side);
        using var last = new AlignedBuffer((long)Side * _rows);
        var whole = _channels / Side * Side;
        var tile = stackalloc double[Side * TileProduct.Columns];
        for (var i = 0; i < _channels; i++)
        {
            var row = precision.Row(i);
            var start = i / Side * Side;
            for (var j = start; j <= i; j++)
                diagonal.Data[(i * Side) + j - start] = i == j ? row[j] / 2 : row[j];
            if (i >= whole)
                row[..whole].CopyTo(new(last.Data + ((i - whole) * _rows), whole));
        }
        fixed (double* rows = precision.Values)
            for (var column = 0; column < _columns; column += TileProduct.Columns)
                // From the last rows up, as a row needs those before it as they were.
                for (var first = _rows - Side; first >= 0; first -= Side)
                {
                    if (first >= _channels)
                        continue;
                    TileProduct.Clear(tile, TileProduct.Columns);
                    var b = _right.Data + column;
                    if (first < whole)
                        TileProduct.Add(rows + ((long)first * _channels), _channels, first, b, _stride, tile, TileProduct.Columns);
                    else
                        TileProduct.Add(last.Data, _rows, first, b, _stride, tile, TileProduct.Columns);
                    b += (long)first * _stride;
                    TileProduct.Add(diagonal.Data + ((long)first * Side), Side, Side, b, _stride, tile, TileProduct.Columns);
                    TileProduct.Copy(tile, TileProduct.Columns, b, _stride);
                }
    }

    /// <summary>Turns to the metric of a noise covariance: differences that its noise is the same of in all directions. The sign that they get cancels.</summary>
    public void Whiten(BlockCholesky noise) => noise.SolveNegated(_right.Data, _stride, _columns);

    /// <summary>The distances, over the number of channels and of pairs of folds.</summary>
    public Rdm ToRdm()
    {
        SumOthers();
        var side = BlockProducts.Padded(_others);
        using var sums = new AlignedBuffer((long)side * side);
        for (var fold = 0; fold < _folds; fold++)
            for (var i = 0; i < side; i += TileProduct.Rows)
            {
                double* left = _left.Data + (fold * _others) + i, right = _right.Data + (fold * _others), to = sums.Data + ((long)i * side);
                // NB: but for half of a precision, the sums are symmetric, and what lies below the diagonal is not needed.
                var j = _half ? 0 : i / TileProduct.Columns * TileProduct.Columns;
                for (; j + TileProduct.Columns <= side; j += TileProduct.Columns)
                    TileProduct.AddTransposed(left, _stride, _channels, right + j, _stride, to + j, side);
                if (j < side)
                    BlockProducts.AddTransposed(left, _stride, TileProduct.Rows, right + j, _stride, _channels, to + j, side);
            }
        var values = new double[(_others + 1) * _others / 2];
        var scale = (_half ? 2 : 1) / ((double)_channels * _folds * (_folds - 1));
        for (var (i, k) = (0, 0); i <= _others; i++)
            for (var j = i + 1; j <= _others; j++, k++)
                values[k] = scale * (Sum(i, i) + Sum(j, j) - Sum(i, j) - (_half ? Sum(j, i) : Sum(i, j)));
        return new(values);

        double Sum(int one, int other) => one == 0 || other == 0 ? 0 : sums.Data[((one - 1) * side) + other - 1];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _right.Return();
        _left.Return();
    }

    /// <summary>What all other folds have, before one side is turned to a metric, or after both are.</summary>
    private void SumOthers()
    {
        if (_summed)
            return;
        _summed = true;
        var sums = stackalloc Vector512<double>[BlockProducts.Padded(_others) / 8];
        for (var c = 0; c < _channels; c++)
        {
            double* from = _right.Data + ((long)c * _stride), to = _left.Data + ((long)c * _stride);
            for (var i = 0; i < _others; i += 8)
            {
                var sum = Vector512<double>.Zero;
                for (var fold = 0; fold < _folds; fold++)
                    sum += Vector512.Load(from + (fold * _others) + i);
                sums[i / 8] = sum;
            }
            // NB: fold by fold, as the last numbers of one are written over the first of the next.
            for (var fold = 0; fold < _folds; fold++)
                for (var i = 0; i < _others; i += 8)
                    (sums[i / 8] - Vector512.Load(from + (fold * _others) + i)).Store(to + (fold * _others) + i);
        }
    }

    /// <summary>The differences of a fold, eight conditions at a time.</summary>
    private void Transpose(double* first, double* to)
    {
        var i = 0;
        for (; i + 8 <= _others; i += 8)
        {
            double* r0 = first + ((long)(i + 1) * _channels), r1 = r0 + _channels, r2 = r1 + _channels, r3 = r2 + _channels, r4 = r3 + _channels, r5 = r4 + _channels, r6 = r5 + _channels, r7 = r6 + _channels, at = to + i;
            for (var c = 0; c < _channels; c++, at += _stride)
            {
                var own = first[c];
                (at[0], at[1], at[2], at[3]) = (r0[c] - own, r1[c] - own, r2[c] - own, r3[c] - own);
                (at[4], at[5], at[6], at[7]) = (r4[c] - own, r5[c] - own, r6[c] - own, r7[c] - own);
            }
        }
        for (; i < _others; i++)
        {
            double* row = first + ((long)(i + 1) * _channels), at = to + i;
            for (var c = 0; c < _channels; c++, at += _stride)
                *at = row[c] - first[c];
        }
    }
}
