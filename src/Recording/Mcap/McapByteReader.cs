using System.Buffers.Binary;
using System.Text;

namespace ClosedLoop.Recording;

/// <summary>Takes MCAP's elementary types from the front of some bytes.</summary>
internal ref struct McapByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public ReadOnlySpan<byte> Bytes(ulong count)
    {
        if (count > (ulong)_rest.Length)
            throw new InvalidDataException("a record ends early");
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    public byte Byte() => Bytes(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    /// <summary>A place or length in a file: a number that cannot be one is refused.</summary>
    public long Int64() => UInt64() is var value and <= long.MaxValue ? (long)value : throw new InvalidDataException("a length is impossible");

    public ReadOnlySpan<byte> Sized32() => Bytes(UInt32());

    public string String() => Encoding.UTF8.GetString(Sized32());

    public Dictionary<string, string> Map()
    {
        var entries = new McapByteReader(Sized32());
        var map = new Dictionary<string, string>();
        while (!entries.IsAtEnd)
            map[entries.String()] = entries.String();
        return map;
    }

    public McapSchema Schema() => new(UInt16(), String(), String(), Sized32().ToArray());

    public McapChannel Channel() => new(UInt16(), UInt16(), String(), String(), Map());

    /// <summary>The next record inside a chunk or summary: its kind and its content.</summary>
    public ReadOnlySpan<byte> Record(out McapOpcode opcode)
    {
        opcode = (McapOpcode)Byte();
        return Bytes(UInt64());
    }
}
