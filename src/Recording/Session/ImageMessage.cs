using System.Buffers.Binary;
using ClosedLoop.Core;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using FieldType = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace ClosedLoop.Recording;

/// <summary>
/// One camera's image in a recording: Foxglove's CompressedImage (time, camera as the frame of reference, format, data),
/// so that Foxglove shows it, with our own fields from number 101 on.
/// </summary>
internal static class ImageMessage
{
    public const string FullName = "foxglove.CompressedImage";

    private const int Timestamp = 1, Data = 2, Format = 3, FrameId = 4;

    // Our own, in order: all of 64 bits. NB: numbers are the file's: never reuse or change one.
    private static readonly string[] OwnFields = ["set_sequence", "sequence", "device_counter", "device_time_ns", "captured_ns", "produced_ns"];
    private const int FirstOwn = 101;

    // Every tag, length and fixed field together stay below this.
    private const int HeadBytes = 128;

    /// <summary>What is kept with an image.</summary>
    /// <param name="SetSequence">The set that it belongs to.</param>
    /// <param name="Stamp">The camera's own counter and times.</param>
    public readonly record struct Head(long SetSequence, RecordStamp Stamp);

    /// <summary>Room that a message with an image of so many bytes fits in.</summary>
    public static int MaxBytes(int imageBytes, int nameBytes) => HeadBytes + nameBytes + imageBytes;

    /// <summary>Encodes a message; allocates nothing.</summary>
    /// <returns>How many bytes were written.</returns>
    public static int Encode(in Head head, ReadOnlySpan<byte> camera, ReadOnlySpan<byte> format, ReadOnlySpan<byte> image, Span<byte> to)
    {
        var captured = (ulong)Math.Max(0, head.Stamp.Captured.Nanoseconds);
        Span<byte> time = stackalloc byte[16];
        var timeLength = ProtobufVarint.Write(ProtobufWire.Tag(1, ProtobufWire.Varint), time);
        timeLength += ProtobufVarint.Write((uint)(captured / SessionTime.NanosecondsPerSecond), time[timeLength..]);
        timeLength += ProtobufVarint.Write(ProtobufWire.Tag(2, ProtobufWire.Varint), time[timeLength..]);
        timeLength += ProtobufVarint.Write((uint)(captured % SessionTime.NanosecondsPerSecond), time[timeLength..]);

        var length = WriteBytes(Timestamp, time[..timeLength], to);
        length += WriteBytes(Format, format, to[length..]);
        length += WriteBytes(FrameId, camera, to[length..]);
        ReadOnlySpan<long> own =
        [
            head.SetSequence, head.Stamp.Sequence, head.Stamp.DeviceCounter, head.Stamp.DeviceTimeNs,
            head.Stamp.Captured.Nanoseconds, head.Stamp.Produced.Nanoseconds,
        ];
        for (var i = 0; i < own.Length; i++)
        {
            length += ProtobufVarint.Write(ProtobufWire.Tag(FirstOwn + i, ProtobufWire.Fixed64), to[length..]);
            BinaryPrimitives.WriteInt64LittleEndian(to[length..], own[i]);
            length += 8;
        }
        return length + WriteBytes(Data, image, to[length..]);
    }

    /// <summary>Decodes a message; <paramref name="image"/> is a part of it.</summary>
    /// <exception cref="InvalidDataException">It is no such message.</exception>
    public static Head Decode(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> image)
    {
        image = default;
        Span<long> own = stackalloc long[OwnFields.Length];
        own.Clear();
        while (!message.IsEmpty)
        {
            var tag = ProtobufVarint.Read(ref message);
            var value = ProtobufWire.TakeValue(tag, ref message);
            var number = (long)(tag >> 3);
            if (tag == ProtobufWire.Tag(Data, ProtobufWire.Bytes))
                image = value;
            else if (number >= FirstOwn && number < FirstOwn + own.Length && value.Length == 8)
                own[(int)number - FirstOwn] = BinaryPrimitives.ReadInt64LittleEndian(value);
        }
        return new(own[0], new(own[1], own[2], own[3], new(own[4]), new(own[5])));
    }

    /// <summary>The description of the message in protobuf's own terms: a FileDescriptorSet with the file it imports.</summary>
    public static byte[] Describe()
    {
        var message = new DescriptorProto { Name = "CompressedImage" };
        message.Field.Add(Field("timestamp", Timestamp, FieldType.Message, ".google.protobuf.Timestamp"));
        message.Field.Add(Field("data", Data, FieldType.Bytes));
        message.Field.Add(Field("format", Format, FieldType.String));
        message.Field.Add(Field("frame_id", FrameId, FieldType.String));
        for (var i = 0; i < OwnFields.Length; i++)
            message.Field.Add(Field(OwnFields[i], FirstOwn + i, FieldType.Sfixed64));
        var time = FileDescriptorProto.Parser.ParseFrom(TimestampReflection.Descriptor.SerializedData);
        var file = new FileDescriptorProto { Name = "foxglove/CompressedImage.proto", Package = "foxglove", Syntax = "proto3" };
        file.Dependency.Add(time.Name);
        file.MessageType.Add(message);
        var set = new FileDescriptorSet();
        set.File.Add(time);
        set.File.Add(file);
        return Google.Protobuf.MessageExtensions.ToByteArray(set);
    }

    private static FieldDescriptorProto Field(string name, int number, FieldType type, string typeName = "")
    {
        var field = new FieldDescriptorProto { Name = name, Number = number, Type = type, Label = FieldDescriptorProto.Types.Label.Optional };
        if (typeName.Length > 0)
            field.TypeName = typeName;
        return field;
    }

    private static int WriteBytes(int number, ReadOnlySpan<byte> value, Span<byte> to)
    {
        var length = ProtobufVarint.Write(ProtobufWire.Tag(number, ProtobufWire.Bytes), to);
        length += ProtobufVarint.Write((uint)value.Length, to[length..]);
        value.CopyTo(to[length..]);
        return length + value.Length;
    }
}
