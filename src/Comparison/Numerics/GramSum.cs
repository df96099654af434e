namespace ClosedLoop.Comparison;

/// <summary>The sum of X' X over blocks of rows that stay in the cache, the upper triangle of it by tiles.</summary>
internal sealed unsafe class GramSum : IDisposable
{
    /// <summary>Most rows of a block.</summary>
    public const int BlockRows = 64;

    private readonly AlignedBuffer _sums, _block;
    private readonly int _columns, _stride;

    /// <summary>Begins with 0.</summary>
    public GramSum(int columns)
    {
        _columns = columns;
        // NB: whole tiles, and an odd number of cache lines from row to row, which do not push each other out.
        _stride = ((columns + TileProduct.Columns - 1) / TileProduct.Columns * TileProduct.Columns) + BlockProducts.Panel;
        (_sums, _block) = (new((long)_stride * _stride), new((long)BlockRows * _stride));
    }

    /// <summary>A row of the block, to be filled.</summary>
    public Span<double> RowOfBlock(int row) => new(_block.Data + ((long)row * _stride), _columns);

    /// <summary>Adds the first rows of the block.</summary>
    public void Add(int rows)
    {
        for (var i = 0; i < _columns; i += TileProduct.Rows)
            for (var j = i / TileProduct.Columns * TileProduct.Columns; j < _columns; j += TileProduct.Columns)
                TileProduct.AddTransposed(_block.Data + i, _stride, rows, _block.Data + j, _stride, _sums.Data + ((long)i * _stride) + j, _stride);
    }

    /// <summary>The sum, times a factor.</summary>
    public Matrix ToMatrix(double factor)
    {
        var gram = new Matrix(_columns, _columns);
        for (var i = 0; i < _columns; i++)
            for (var j = i; j < _columns; j++)
                gram[i, j] = gram[j, i] = factor * _sums.Data[((long)i * _stride) + j];
        return gram;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sums.Dispose();
        _block.Dispose();
    }
}
