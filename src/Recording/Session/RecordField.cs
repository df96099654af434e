using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using FieldType = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace ClosedLoop.Recording;

/// <summary>
/// One field of a recorded record: its number and name in the file, its type, and how it is got and set. All fields
/// have a fixed width or a length, so that numbers are kept bit for bit and a record's size is known before it is written.
/// </summary>
internal abstract class RecordField<T>(int number, string name, FieldType type, bool isArray, int wireType)
    where T : class
{
    public int Number => number;

    public string Name => name;

    public FieldType Type => type;

    public bool IsArray => isArray;

    /// <summary>What precedes the field in an encoded message: its number and its wire type.</summary>
    public uint Tag => ProtobufWire.Tag(number, wireType);

    /// <summary>Bytes of the value, without its tag.</summary>
    public abstract int Size(T record);

    /// <summary>Writes the value, without its tag; returns how many bytes.</summary>
    public abstract int Write(T record, Span<byte> to);

    /// <summary>Sets the field from its value's bytes.</summary>
    public abstract void Read(ReadOnlySpan<byte> value, T record);

    /// <summary>Sets the field to zeros: what it holds where a message lacks it.</summary>
    public abstract void Clear(T record);
}

/// <summary>A whole number of 64 bits.</summary>
internal sealed class LongField<T>(int number, string name, Func<T, long> get, Action<T, long> set)
    : RecordField<T>(number, name, FieldType.Sfixed64, false, ProtobufWire.Fixed64)
    where T : class
{
    public override int Size(T record) => 8;

    public override int Write(T record, Span<byte> to)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, get(record));
        return 8;
    }

    public override void Read(ReadOnlySpan<byte> value, T record) => set(record, BinaryPrimitives.ReadInt64LittleEndian(value));

    public override void Clear(T record) => set(record, 0);
}

/// <summary>A whole number or a set of flags of 32 bits.</summary>
internal sealed class IntField<T>(int number, string name, Func<T, int> get, Action<T, int> set)
    : RecordField<T>(number, name, FieldType.Sfixed32, false, ProtobufWire.Fixed32)
    where T : class
{
    public override int Size(T record) => 4;

    public override int Write(T record, Span<byte> to)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, get(record));
        return 4;
    }

    public override void Read(ReadOnlySpan<byte> value, T record) => set(record, BinaryPrimitives.ReadInt32LittleEndian(value));

    public override void Clear(T record) => set(record, 0);
}

/// <summary>A number of double precision.</summary>
internal sealed class DoubleField<T>(int number, string name, Func<T, double> get, Action<T, double> set)
    : RecordField<T>(number, name, FieldType.Double, false, ProtobufWire.Fixed64)
    where T : class
{
    public override int Size(T record) => 8;

    public override int Write(T record, Span<byte> to)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, BitConverter.DoubleToInt64Bits(get(record)));
        return 8;
    }

    public override void Read(ReadOnlySpan<byte> value, T record) =>
        set(record, BitConverter.Int64BitsToDouble(BinaryPrimitives.ReadInt64LittleEndian(value)));

    public override void Clear(T record) => set(record, 0);
}

/// <summary>An array of floating-point numbers, packed. Its length is that of the record's own array.</summary>
/// <typeparam name="T">The record.</typeparam>
/// <typeparam name="TNumber">double or float.</typeparam>
internal sealed class ArrayField<T, TNumber>(int number, string name, Func<T, TNumber[]> get)
    : RecordField<T>(
        number, name,
        typeof(TNumber) == typeof(double) ? FieldType.Double : FieldType.Float,
        true, ProtobufWire.Bytes)
    where T : class
    where TNumber : unmanaged
{
    // NB: memory is copied as it stands, which is protobuf's little-endian order on every machine this runs on.
    public override int Size(T record)
    {
        var bytes = Bytes(record).Length;
        return ProtobufVarint.Size((uint)bytes) + bytes;
    }

    public override int Write(T record, Span<byte> to)
    {
        var bytes = Bytes(record);
        var head = ProtobufVarint.Write((uint)bytes.Length, to);
        bytes.CopyTo(to[head..]);
        return head + bytes.Length;
    }

    public override void Read(ReadOnlySpan<byte> value, T record)
    {
        var bytes = Bytes(record);
        if (bytes.Length != value.Length)
            throw new InvalidDataException($"its field '{Name}' has {value.Length} bytes where {bytes.Length} were announced");
        value.CopyTo(bytes);
    }

    public override void Clear(T record) => Array.Clear(get(record));

    private Span<byte> Bytes(T record) => MemoryMarshal.AsBytes(get(record).AsSpan());
}

/// <summary>A text.</summary>
internal sealed class StringField<T>(int number, string name, Func<T, string> get, Action<T, string> set)
    : RecordField<T>(number, name, FieldType.String, false, ProtobufWire.Bytes)
    where T : class
{
    public override int Size(T record)
    {
        var bytes = Encoding.UTF8.GetByteCount(get(record));
        return ProtobufVarint.Size((uint)bytes) + bytes;
    }

    public override int Write(T record, Span<byte> to)
    {
        var text = get(record);
        var head = ProtobufVarint.Write((uint)Encoding.UTF8.GetByteCount(text), to);
        return head + Encoding.UTF8.GetBytes(text, to[head..]);
    }

    public override void Read(ReadOnlySpan<byte> value, T record) => set(record, Encoding.UTF8.GetString(value));

    public override void Clear(T record) => set(record, "");
}
