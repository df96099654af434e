using System.Runtime.Intrinsics;

namespace ClosedLoop.Comparison;

/// <summary>
/// What crossnobis distances are made of: how each condition differs from the first, fold by fold, and the sums of each
/// fold's differences times those of all others. Differences say all that distances need, in one row fewer, and what all
/// conditions share does not round. With R_f a fold's differences and S their sum over folds, the sum over f of (S - R_f) R_f'
/// is S S' less the sum of R_f R_f': products of the rows as they lie.
/// </summary>
internal sealed unsafe class FoldDifferences : IDisposable
{
    // Numbers of a fold that stay in the first-level cache while all their products are added; but sums are not to be fetched for few.
    private const int NumbersTogether = 4 * 1024, LeastTogether = 64;

    // Pairs of parts whose unfinished sums are kept at once, a kilobyte each: all, unless there are some hundred conditions.
    private const int SumsTogether = 512;

    private readonly AlignedBuffer _rows;
    private readonly int _folds, _others, _channels, _length, _stride, _count;
    private AlignedBuffer? _turned;

    /// <summary>Takes the patterns of two folds or more, of one shape.</summary>
    public FoldDifferences(IReadOnlyList<Matrix> folds)
    {
        (_folds, _others, _channels) = (folds.Count, folds[0].Rows - 1, folds[0].Columns);
        _length = BlockProducts.Padded(_channels);
        (_stride, _count) = (TrianglePanels.Stride(_length), BlockProducts.Padded(_folds * _others));
        _rows = AlignedBuffer.Rent(Numbers);
        var to = _rows.Data;
        for (var fold = 0; fold < _folds; fold++)
            fixed (double* from = folds[fold].Values)
                for (var i = 1; i <= _others; i++, to += _stride)
                    Subtract(from + ((long)i * _channels), from, to);
        // What fills up the last rows takes part in products that nobody looks at.
        new Span<double>(to, (int)(_rows.Data + Numbers - to)).Clear();
    }

    // The rows of all folds, room for their sum, and what products of four rows read beyond the last of a fold.
    private long Numbers => ((long)_count + _others + RowProducts.Rows) * _stride;

    /// <summary>Turns to the metric of a precision, of which the upper triangle is read.</summary>
    /// <remarks>
    /// Of P = U + U', with half of the diagonal in either, one is enough: a' P b is a' U b + b' U a, and the sums over ordered
    /// pairs of folds and both orders of conditions hold both. So twice the distances by U are those by P, at half of the products.
    /// </remarks>
    public void Multiply(Matrix precision)
    {
        using var half = new TrianglePanels(_length);
        for (var first = 0; first < _length; first += TileProduct.Columns)
        {
            var to = half.Panel(first);
            var width = half.Width(first);
            var own = Math.Min(width, _channels - first);
            for (var i = 0; i < first + width; i++, to += width)
            {
                var row = new Span<double>(to, width);
                row.Clear();
                if (i >= _channels)
                    continue;
                var skipped = Math.Max(0, i - first);
                precision.Row(i).Slice(first + skipped, Math.Max(0, own - skipped)).CopyTo(row[skipped..]);
                if (i >= first)
                    row[skipped] /= 2;
            }
        }
        _turned = AlignedBuffer.Rent(Numbers);
        half.Multiply(_rows.Data, _turned.Data, _stride, _count);
    }

    /// <summary>Turns to the metric of a noise covariance: differences that its noise is the same of in all directions.</summary>
    public void Whiten(BlockCholesky noise) => noise.Whiten(_rows.Data, _stride, _count);

    /// <summary>The distances, over the number of channels and of pairs of folds.</summary>
    public Rdm ToRdm()
    {
        const int Part = RowProducts.Rows;
        // NB: one condition alone has no difference at all, and no distance; Rdm says so.
        var parts = Math.Max(1, (_others + Part - 1) / Part);
        var side = parts * Part;
        Sum(_rows);
        if (_turned is not null)
            Sum(_turned);
        var band = Math.Clamp(SumsTogether / parts, 1, parts);
        var sums = AlignedBuffer.Rent((long)band * parts * RowProducts.Numbers);
        var kernel = AlignedBuffer.Rent((long)side * side);
        var (length, folds) = (Math.Max(LeastTogether, NumbersTogether / side / 8 * 8), Math.Max(1, NumbersTogether / (side * _length)));
        for (var begin = 0; begin < parts; begin += band)
        {
            var end = Math.Min(parts, begin + band);
            var numbers = (end - begin) * parts * RowProducts.Numbers;
            for (var k = 0; k < numbers; k += 8)
                Vector512<double>.Zero.Store(sums.Data + k);
            AddProducts(_count, 1, 0, _length, begin, end, parts, sums.Data);
            for (var k = 0; k < numbers; k += 8)
                (-Vector512.Load(sums.Data + k)).Store(sums.Data + k);
            for (var fold = 0; fold < _folds; fold += folds)
                for (var first = 0; first < _length; first += length)
                    AddProducts(fold * _others, Math.Min(folds, _folds - fold), first, Math.Min(length, _length - first), begin, end, parts, sums.Data);
            for (var i = begin; i < end; i++)
                for (var j = _turned is null ? i : 0; j < parts; j++)
                    RowProducts.Finish(sums.Data + ((((i - begin) * parts) + j) * RowProducts.Numbers), kernel.Data + ((long)i * Part * side) + (j * Part), side);
        }
        var values = new double[(_others + 1) * _others / 2];
        var scale = (_turned is null ? -1 : -2) / ((double)_channels * _folds * (_folds - 1));
        for (var (i, k) = (0, 0); i <= _others; i++)
            for (var j = i + 1; j <= _others; j++, k++)
                values[k] = scale * (At(i, i) + At(j, j) - At(i, j) - (_turned is null ? At(i, j) : At(j, i)));
        kernel.Return();
        sums.Return();
        return new(values);

        double At(int one, int other) => one == 0 || other == 0 ? 0 : kernel.Data[((long)(one - 1) * side) + other - 1];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Return();
        _turned?.Return();
    }

    /// <summary>Adds the products of the differences of so many folds, from a row on, over some of the channels: a band of parts with all.</summary>
    private void AddProducts(int row, int folds, int first, int length, int begin, int end, int parts, double* sums)
    {
        double* left = (_turned ?? _rows).Data + ((long)row * _stride) + first, right = _rows.Data + ((long)row * _stride) + first;
        var toPart = (long)RowProducts.Rows * _stride;
        for (var i = begin; i < end; i++, sums += parts * RowProducts.Numbers)
            // NB: but for half of a precision, the sums are symmetric, and what lies below the diagonal is not needed.
            for (var j = _turned is null ? i : 0; j < parts; j++)
                RowProducts.Add(left + (i * toPart), right + (j * toPart), _stride, length, folds, _others, sums + (j * RowProducts.Numbers));
    }

    /// <summary>A row less another, filled up with zeros to whole vectors.</summary>
    private void Subtract(double* row, double* other, double* to)
    {
        var c = 0;
        for (; c + 8 <= _channels; c += 8)
            (Vector512.Load(row + c) - Vector512.Load(other + c)).Store(to + c);
        for (; c < _channels; c++)
            to[c] = row[c] - other[c];
        for (; c < _length; c++)
            to[c] = 0;
    }

    /// <summary>The sum over folds, behind their rows.</summary>
    private void Sum(AlignedBuffer rows)
    {
        var toFold = (long)_others * _stride;
        for (var i = 0; i < _others; i++)
        {
            double* from = rows.Data + ((long)i * _stride), to = from + ((long)_count * _stride);
            for (var c = 0; c < _length; c += 8)
            {
                var sum = Vector512.Load(from + c);
                for (var fold = 1; fold < _folds; fold++)
                    sum += Vector512.Load(from + (fold * toFold) + c);
                sum.Store(to + c);
            }
        }
    }
}
