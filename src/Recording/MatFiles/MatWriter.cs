using System.Buffers.Binary;
using System.Text;

namespace ClosedLoop.Recording;

/// <summary>Writes level 5 MATLAB files, not compressed: numbers as doubles, text, cells and structures.</summary>
internal static class MatWriter
{
    private const int Int8 = 1;
    private const int UInt16 = 4;
    private const int Int32 = 5;
    private const int UInt32 = 6;
    private const int DoubleType = 9;
    private const int Matrix = 14;

    /// <summary>The bytes of a file with these variables.</summary>
    public static byte[] ToBytes(IEnumerable<(string Name, MatValue Value)> variables)
    {
        var file = new MemoryStream();
        var header = new byte[MatFile.Header];
        header.AsSpan(0, 116).Fill((byte)' ');
        "MATLAB 5.0 MAT-file, written by ClosedLoop"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(124), 0x0100);
        "IM"u8.CopyTo(header.AsSpan(126));
        file.Write(header);
        foreach (var (name, value) in variables)
            WriteElement(file, Matrix, Body(name, value));
        return file.ToArray();
    }

    private static byte[] Body(string name, MatValue value)
    {
        var body = new MemoryStream();
        var flags = new byte[8];
        flags[0] = value switch { MatCell => 1, MatStruct => 2, MatText => 4, _ => 6 };
        WriteElement(body, UInt32, flags);
        var dimensions = new byte[4 * value.Dimensions.Length];
        for (var i = 0; i < value.Dimensions.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(dimensions.AsSpan(4 * i), value.Dimensions[i]);
        WriteElement(body, Int32, dimensions);
        WriteElement(body, Int8, Encoding.ASCII.GetBytes(name));
        switch (value)
        {
            case MatNumbers numbers:
                var bytes = new byte[8 * numbers.Values.Length];
                for (var i = 0; i < numbers.Values.Length; i++)
                    BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 * i), numbers.Values[i]);
                WriteElement(body, DoubleType, bytes);
                break;
            case MatText text:
                WriteElement(body, UInt16, Encoding.Unicode.GetBytes(text.Text));
                break;
            case MatCell cell:
                foreach (var item in cell.Values)
                    WriteElement(body, Matrix, Body("", item));
                break;
            case MatStruct structure:
                const int NameLength = 32;
                var length = new byte[4];
                BinaryPrimitives.WriteInt32LittleEndian(length, NameLength);
                WriteElement(body, Int32, length);
                var names = new byte[NameLength * structure.Fields.Count];
                foreach (var (field, i) in structure.Fields.Keys.Select((field, i) => (field, i)))
                    Encoding.ASCII.GetBytes(field).CopyTo(names, NameLength * i);
                WriteElement(body, Int8, names);
                for (var i = 0; i < structure.Dimensions.Aggregate(1, (product, size) => product * size); i++)
                    foreach (var field in structure.Fields.Values)
                        WriteElement(body, Matrix, Body("", field[i]));
                break;
        }
        return body.ToArray();
    }

    private static void WriteElement(MemoryStream stream, int type, byte[] bytes)
    {
        Span<byte> tag = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(tag, type);
        // NB: MATLAB's own reader wants a field name length in the short form, type and four bytes in one word.
        if (bytes.Length is > 0 and <= 4)
        {
            BinaryPrimitives.WriteInt32LittleEndian(tag, type | (bytes.Length << 16));
            bytes.CopyTo(tag[4..]);
            stream.Write(tag);
            return;
        }
        BinaryPrimitives.WriteInt32LittleEndian(tag[4..], bytes.Length);
        stream.Write(tag);
        stream.Write(bytes);
        // NB: everything is padded to eight bytes, and the padding does not count.
        stream.Write(new byte[(8 - (bytes.Length % 8)) % 8]);
    }
}
