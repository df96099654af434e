using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ClosedLoop.Recording;

/// <summary>
/// The fields of one kind of record. This one table encodes, decodes, and describes itself to other programs as a
/// protobuf message (every message of a recording's channels is one of these).
/// </summary>
internal sealed class RecordTable<T>
    where T : class
{
    private const string Package = "closedloop";
    private readonly RecordField<T>[] _fields;

    public RecordTable(string name, params RecordField<T>[] fields)
    {
        (Name, _fields) = (name, fields);
        if (fields.Select(field => field.Number).Distinct().Count() != fields.Length)
            throw new ArgumentException($"two fields of {name} have the same number");
    }

    /// <summary>The message's name within its package.</summary>
    public string Name { get; }

    /// <summary>The message's name, package included.</summary>
    public string FullName => $"{Package}.{Name}";

    /// <summary>Bytes of the encoded record.</summary>
    public int Size(T record)
    {
        var size = 0;
        foreach (var field in _fields)
            size += ProtobufVarint.Size(field.Tag) + field.Size(record);
        return size;
    }

    /// <summary>Encodes the record; allocates nothing.</summary>
    /// <returns>How many bytes of <paramref name="to"/> were written.</returns>
    public int Encode(T record, Span<byte> to)
    {
        var length = 0;
        foreach (var field in _fields)
        {
            length += ProtobufVarint.Write(field.Tag, to[length..]);
            length += field.Write(record, to[length..]);
        }
        return length;
    }

    /// <summary>Decodes a message into the record. Fields that the message lacks become zero; fields unknown here are passed over.</summary>
    /// <exception cref="InvalidDataException">The message is no such record.</exception>
    public void Decode(ReadOnlySpan<byte> message, T record)
    {
        foreach (var field in _fields)
            field.Clear(record);
        while (!message.IsEmpty)
        {
            var tag = ProtobufVarint.Read(ref message);
            var value = ProtobufWire.TakeValue(tag, ref message);
            foreach (var field in _fields)
                if (field.Tag == tag)
                    field.Read(value, record);
        }
    }

    /// <summary>The description of the message in protobuf's own terms: a FileDescriptorSet of one file.</summary>
    public byte[] Describe()
    {
        var message = new DescriptorProto { Name = Name };
        foreach (var field in _fields)
            message.Field.Add(new FieldDescriptorProto
            {
                Name = field.Name,
                Number = field.Number,
                Type = field.Type,
                Label = field.IsArray ? FieldDescriptorProto.Types.Label.Repeated : FieldDescriptorProto.Types.Label.Optional,
            });
        var file = new FileDescriptorProto { Name = $"{Package}/{Name}.proto", Package = Package, Syntax = "proto3" };
        file.MessageType.Add(message);
        var set = new FileDescriptorSet();
        set.File.Add(file);
        return set.ToByteArray();
    }
}
