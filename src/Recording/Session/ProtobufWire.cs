namespace ClosedLoop.Recording;

/// <summary>How protobuf's fields lie in a message: a tag, which is number and wire type, and a value.</summary>
internal static class ProtobufWire
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Bytes = 2;
    public const int Fixed32 = 5;

    public static uint Tag(int number, int wireType) => ((uint)number << 3) | (uint)wireType;

    /// <summary>Takes a field's value from the front of <paramref name="message"/>, from which its tag has been taken.</summary>
    /// <exception cref="InvalidDataException">The message ends inside it, or its wire type is unknown.</exception>
    public static ReadOnlySpan<byte> TakeValue(ulong tag, scoped ref ReadOnlySpan<byte> message)
    {
        ulong length;
        switch ((int)(tag & 7))
        {
            case Varint:
                ProtobufVarint.Read(ref message);
                return [];
            case Fixed64:
                length = 8;
                break;
            case Fixed32:
                length = 4;
                break;
            case Bytes:
                length = ProtobufVarint.Read(ref message);
                break;
            default:
                throw new InvalidDataException($"it has a field of the unknown wire type {tag & 7}");
        }
        if (length > (ulong)message.Length)
            throw new InvalidDataException("it ends inside a field");
        var value = message[..(int)length];
        message = message[(int)length..];
        return value;
    }
}
