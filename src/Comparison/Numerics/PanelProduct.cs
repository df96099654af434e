namespace ClosedLoop.Comparison;

/// <summary>Products of whole matrices, by panels of eight columns.</summary>
internal static unsafe class PanelProduct
{
    /// <summary>a b.</summary>
    public static Matrix Of(Matrix a, Matrix b)
    {
        var product = new Matrix(a.Rows, b.Columns);
        using var panel = new AlignedBuffer((long)b.Rows * BlockProducts.Panel);
        using var result = new AlignedBuffer((long)a.Rows * BlockProducts.Panel);
        fixed (double* rows = a.Values)
            for (var first = 0; first < b.Columns; first += BlockProducts.Panel)
            {
                var columns = Math.Min(BlockProducts.Panel, b.Columns - first);
                for (var r = 0; r < b.Rows; r++)
                    b.Row(r).Slice(first, columns).CopyTo(new(panel.Data + (r * BlockProducts.Panel), columns));
                BlockProducts.Multiply(rows, a.Columns, panel.Data, result.Data, a.Rows, a.Columns);
                for (var r = 0; r < a.Rows; r++)
                    new Span<double>(result.Data + (r * BlockProducts.Panel), columns).CopyTo(product.Row(r)[first..]);
            }
        return product;
    }
}
