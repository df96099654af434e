using System.Runtime.InteropServices;

namespace ClosedLoop.Comparison;

/// <summary>Numbers outside the managed heap, on the boundary of a cache line, so that no vector load crosses two. Begins with zeros.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    private double* _data;

    /// <summary>Takes the memory.</summary>
    public AlignedBuffer(long length)
    {
        Length = length;
        _data = (double*)NativeMemory.AlignedAlloc((nuint)(Math.Max(8, length) * sizeof(double)), 64);
        NativeMemory.Clear(_data, (nuint)(length * sizeof(double)));
    }

    /// <summary>Gives it back.</summary>
    ~AlignedBuffer() => Free();

    /// <summary>How many numbers.</summary>
    public long Length { get; }

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
