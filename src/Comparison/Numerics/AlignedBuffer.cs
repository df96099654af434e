using System.Runtime.InteropServices;

namespace ClosedLoop.Comparison;

/// <summary>Numbers outside the managed heap, on the boundary of a cache line, so that no vector load crosses two.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    private const int MostKept = 6;

    [ThreadStatic]
    private static List<AlignedBuffer>? s_kept;

    private double* _data;

    /// <summary>Takes the memory.</summary>
    /// <param name="length">How many numbers.</param>
    /// <param name="cleared">Whether they begin with 0; else with anything, for who writes all that is read.</param>
    public AlignedBuffer(long length, bool cleared = true)
    {
        Length = length;
        _data = (double*)NativeMemory.AlignedAlloc((nuint)(Math.Max(8, length) * sizeof(double)), 64);
        if (cleared)
            NativeMemory.Clear(_data, (nuint)(length * sizeof(double)));
    }

    /// <summary>Gives it back.</summary>
    ~AlignedBuffer() => Free();

    /// <summary>How many numbers.</summary>
    public long Length { get; }

    /// <summary>
    /// Memory that this thread had before, or new; filled with anything. For work that is done in microseconds, and again and
    /// again: fresh memory costs more, page by page.
    /// </summary>
    public static AlignedBuffer Rent(long length)
    {
        var (kept, best) = (s_kept ??= [], -1);
        for (var i = 0; i < kept.Count; i++)
            // NB: the least that is large enough, so that the largest is there for who needs it.
            if (kept[i].Length >= length && (best < 0 || kept[i].Length < kept[best].Length))
                best = i;
        if (best < 0)
            return new(length, cleared: false);
        var found = kept[best];
        kept.RemoveAt(best);
        return found;
    }

    /// <summary>Leaves it to this thread for later.</summary>
    public void Return()
    {
        var kept = s_kept ??= [];
        kept.Add(this);
        if (kept.Count <= MostKept)
            return;
        var least = kept.MinBy(buffer => buffer.Length)!;
        kept.Remove(least);
        least.Dispose();
    }

    /// <summary>Where they are. NB: whoever computes with it keeps the buffer alive (GC.KeepAlive).</summary>
    public double* Data => _data;

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_data);
        _data = null;
    }
}
