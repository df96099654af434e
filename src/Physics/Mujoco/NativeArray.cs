namespace ClosedLoop.Physics;

/// <summary>
/// An array that lives in a MuJoCo model or state: row-major, <see cref="Rows"/> by <see cref="Columns"/>.
/// </summary>
/// <remarks>NB: valid only while the model or state that it was taken from lives; keep that object beside it.</remarks>
public readonly unsafe struct NativeArray<T>
    where T : unmanaged
{
    private readonly T* _start;

    internal NativeArray(void* start, int rows, int columns)
    {
        _start = (T*)start;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Number of rows (of joints, sites, ...).</summary>
    public int Rows { get; }

    /// <summary>Numbers per row.</summary>
    public int Columns { get; }

    /// <summary>All numbers, row by row.</summary>
    public Span<T> Span => new(_start, Rows * Columns);

    /// <summary>The numbers of one row.</summary>
    public Span<T> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows);
        return new(_start + (row * Columns), Columns);
    }

    /// <summary>One number by its place in <see cref="Span"/>.</summary>
    public ref T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)(Rows * Columns));
            return ref _start[index];
        }
    }
}
