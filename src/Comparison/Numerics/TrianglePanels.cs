namespace ClosedLoop.Comparison;

/// <summary>
/// An upper triangle in panels of sixteen columns (the last one may have eight), each down to its diagonal block and whole in
/// memory: what rows are multiplied with from the right, or what they are solved with, at half of the products of a full square.
/// </summary>
internal sealed unsafe class TrianglePanels : IDisposable
{
    // Rows that stay in the second-level cache beside a panel while all panels go over them.
    private const int NumbersAtOnce = 48 * 1024;

    private readonly AlignedBuffer _data;

    /// <summary>Takes memory, filled with anything.</summary>
    /// <param name="columns">Filled up by the caller to whole vectors: <see cref="BlockProducts.Padded"/>.</param>
    public TrianglePanels(int columns)
    {
        Columns = columns;
        _data = AlignedBuffer.Rent(Start(columns / TileProduct.Columns * TileProduct.Columns) + ((long)columns * BlockProducts.Panel));
    }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>The numbers that rows of so many columns should lie apart: an odd number of cache lines, which do not push each other out.</summary>
    public static int Stride(int columns) => columns | BlockProducts.Panel;

    /// <summary>The panel that begins with a column: its first row, <see cref="Width"/> numbers from one row to the next.</summary>
    public double* Panel(int first) => _data.Data + Start(first);

    /// <summary>Columns of the panel that begins with a column.</summary>
    public int Width(int first) => Math.Min(TileProduct.Columns, Columns - first);

    /// <summary>to = rows times the triangle.</summary>
    /// <param name="rows">Rows, <paramref name="stride"/> numbers apart.</param>
    /// <param name="to">As many; others, or the same with <see cref="Substitute"/>.</param>
    /// <param name="stride">See there.</param>
    /// <param name="count">How many; a multiple of <see cref="TileProduct.Rows"/>.</param>
    public void Multiply(double* rows, double* to, int stride, int count) => Apply(rows, to, stride, count, Columns);

    /// <summary>
    /// The same in place, from the first column on, so that each panel multiplies what those before it have made. With the panels of
    /// <see cref="BlockCholesky"/> that is a substitution.
    /// </summary>
    /// <param name="rows">Rows, <paramref name="stride"/> numbers apart.</param>
    /// <param name="stride">See there.</param>
    /// <param name="count">How many; a multiple of <see cref="TileProduct.Rows"/>.</param>
    /// <param name="columns">Only these first ones, which are whole panels.</param>
    public void Substitute(double* rows, int stride, int count, int columns) => Apply(rows, rows, stride, count, columns);

    /// <inheritdoc/>
    public void Dispose() => _data.Return();

    /// <summary>Where a panel begins, after those before it, of 16 rows, 32, and so on.</summary>
    private static long Start(int first) => (long)first * (first + TileProduct.Columns) / 2;

    private void Apply(double* rows, double* to, int stride, int count, int columns)
    {
        var together = Math.Max(TileProduct.Rows, NumbersAtOnce / stride / TileProduct.Rows * TileProduct.Rows);
        for (var begin = 0; begin < count; begin += together)
            for (var first = 0; first < columns; first += TileProduct.Columns)
            {
                var panel = Panel(first);
                var (width, end) = (Width(first), Math.Min(count, begin + together));
                for (var row = begin; row < end; row += TileProduct.Rows)
                {
                    double* a = rows + ((long)row * stride), c = to + ((long)row * stride) + first;
                    if (width == TileProduct.Columns)
                        TileProduct.Multiply(a, stride, first + width, panel, width, c, stride);
                    else
                        BlockProducts.Multiply(a, stride, panel, c, stride, TileProduct.Rows, first + width);
                }
            }
    }
}
