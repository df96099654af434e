using System.Runtime.InteropServices;

namespace ClosedLoop.Inference;

/// <summary>
/// The memory of one input or output of an <see cref="OnnxModel"/>: native, aligned to 64 bytes, bound once. It lives
/// as long as its model; an input keeps its values from run to run until they are overwritten.
/// </summary>
public sealed unsafe class TensorBuffer : IDisposable
{
    private const int Alignment = 64;

    private readonly long[] _shape;
    private void* _memory;

    internal TensorBuffer(string name, TensorType type, long[] shape)
    {
        (Name, Type, _shape) = (name, type, shape);
        long count = 1;
        foreach (var size in shape)
            count = checked(count * size);
        Count = checked((int)count);
        ByteCount = checked(Count * type.Bytes());
        // NB: an empty tensor needs an address too.
        _memory = NativeMemory.AlignedAlloc((nuint)Math.Max(ByteCount, Alignment), Alignment);
        NativeMemory.Clear(_memory, (nuint)ByteCount);
    }

    /// <summary>Its name in the network.</summary>
    public string Name { get; }

    /// <summary>What its elements are.</summary>
    public TensorType Type { get; }

    /// <summary>Its shape, outermost axis first; the last axis is contiguous.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>Number of elements.</summary>
    public int Count { get; }

    /// <summary>Number of bytes.</summary>
    public int ByteCount { get; }

    /// <summary>The values as bytes.</summary>
    public Span<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);
            return new Span<byte>(_memory, ByteCount);
        }
    }

    internal nint Address => (nint)_memory;

    internal long[] ShapeArray => _shape;

    /// <summary>The values, in place.</summary>
    /// <typeparam name="T">float, byte, long or Half, as <see cref="Type"/> says.</typeparam>
    /// <exception cref="InvalidOperationException">Its elements are of another type.</exception>
    public Span<T> Values<T>()
        where T : unmanaged =>
        Type.Holds<T>()
            ? MemoryMarshal.Cast<byte, T>(Bytes)
            : throw new InvalidOperationException($"'{Name}' holds {Type.Word()}, not {typeof(T).Name}");

    /// <summary>Frees the memory; the model does it.</summary>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what was forgotten.</summary>
    ~TensorBuffer() => NativeMemory.AlignedFree(_memory);
}
