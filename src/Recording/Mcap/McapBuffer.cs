using System.Buffers.Binary;
using System.Text;

namespace ClosedLoop.Recording;

/// <summary>A growing byte buffer that MCAP's elementary types are appended to. It keeps its memory when cleared.</summary>
internal sealed class McapBuffer(int capacity)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Room for <paramref name="count"/> more bytes, counted as written.</summary>
    public Span<byte> Append(int count)
    {
        if (Length + count > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(Length + count, 2 * _bytes.Length));
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    public void Byte(byte value) => Append(1)[0] = value;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Append(2), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Append(4), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Append(8), value);

    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Append(value.Length));

    public void String(string value)
    {
        var size = Encoding.UTF8.GetByteCount(value);
        UInt32((uint)size);
        Encoding.UTF8.GetBytes(value, Append(size));
    }

    public void Map(IReadOnlyDictionary<string, string> map)
    {
        var start = BeginSized32();
        // Sorted, so that the same content gives the same bytes.
        foreach (var (key, value) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            String(key);
            String(value);
        }
        EndSized32(start);
    }

    /// <summary>Begins something that its length in bytes, 32 bits wide, precedes.</summary>
    public int BeginSized32()
    {
        UInt32(0);
        return Length;
    }

    public void EndSized32(int start) =>
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(start - 4), (uint)(Length - start));

    /// <summary>Begins a record: its kind, and a place for its length.</summary>
    public int BeginRecord(McapOpcode opcode)
    {
        Byte((byte)opcode);
        UInt64(0);
        return Length;
    }

    public void EndRecord(int start) => Patch(start - 8, (ulong)(Length - start));

    /// <summary>Overwrites eight bytes that were written before.</summary>
    public void Patch(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(at), value);
}
