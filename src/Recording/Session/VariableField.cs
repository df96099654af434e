using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FieldType = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace ClosedLoop.Recording;

/// <summary>Numbers whose count is another in every message: packed, or as the bytes that they are in memory.</summary>
/// <typeparam name="T">The record.</typeparam>
/// <typeparam name="TNumber">The number, as protobuf's type has it.</typeparam>
/// <param name="number">The field's number.</param>
/// <param name="name">Its name.</param>
/// <param name="type">Its type; bytes: what they are is said beside the schema.</param>
/// <param name="get">The record's numbers.</param>
/// <param name="make">Makes room for so many numbers in the record and gives it; throws where there cannot be so many.</param>
internal sealed class VariableField<T, TNumber>(int number, string name, FieldType type, Func<T, ArraySegment<TNumber>> get, Func<T, int, ArraySegment<TNumber>> make)
    : RecordField<T>(number, name, type, type != FieldType.Bytes, ProtobufWire.Bytes)
    where T : class
    where TNumber : unmanaged
{
    // NB: memory is copied as it stands, which is protobuf's little-endian order on every machine this runs on.
    public override int Size(T record)
    {
        var bytes = get(record).Count * Unsafe.SizeOf<TNumber>();
        return ProtobufVarint.Size((uint)bytes) + bytes;
    }

    public override int Write(T record, Span<byte> to)
    {
        var bytes = MemoryMarshal.AsBytes(get(record).AsSpan());
        var head = ProtobufVarint.Write((uint)bytes.Length, to);
        bytes.CopyTo(to[head..]);
        return head + bytes.Length;
    }

    public override void Read(ReadOnlySpan<byte> value, T record)
    {
        if (value.Length % Unsafe.SizeOf<TNumber>() != 0)
            throw new InvalidDataException($"its field '{Name}' has {value.Length} bytes, which are no whole numbers");
        value.CopyTo(MemoryMarshal.AsBytes(make(record, value.Length / Unsafe.SizeOf<TNumber>()).AsSpan()));
    }

    public override void Clear(T record) => make(record, 0);
}
