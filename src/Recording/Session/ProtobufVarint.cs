namespace ClosedLoop.Recording;

/// <summary>Protobuf's whole numbers of variable length: seven bits a byte, lowest first.</summary>
internal static class ProtobufVarint
{
    public static int Size(uint value)
    {
        var size = 1;
        for (; value >= 0x80; value >>= 7)
            size++;
        return size;
    }

    public static int Write(uint value, Span<byte> to)
    {
        var i = 0;
        for (; value >= 0x80; value >>= 7)
            to[i++] = (byte)(value | 0x80);
        to[i++] = (byte)value;
        return i;
    }

    /// <summary>Takes a number from the front of <paramref name="bytes"/>.</summary>
    public static ulong Read(scoped ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var i = 0; i < 10 && i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if ((bytes[i] & 0x80) != 0)
                continue;
            bytes = bytes[(i + 1)..];
            return value;
        }
        throw new InvalidDataException("it ends inside a number");
    }
}
