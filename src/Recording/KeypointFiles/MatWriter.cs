using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ClosedLoop.Recording;

/// <summary>
/// Writes a MATLAB file of level 5 (MAT-File Format, The MathWorks): double arrays, texts and one level of structure,
/// each variable compressed.
/// </summary>
internal sealed class MatWriter : IDisposable
{
    private const int Int8 = 1;
    private const int UInt16 = 4;
    private const int Int32 = 5;
    private const int UInt32 = 6;
    private const int Double = 9;
    private const int Matrix = 14;
    private const int Compressed = 15;
    private const int ClassStruct = 2;
    private const int ClassChar = 4;
    private const int ClassDouble = 6;
    private const int FieldNameLength = 32;

    private readonly FileStream _file;

    /// <summary>Begins a file.</summary>
    public MatWriter(string path, string description)
    {
        _file = File.Create(path);
        var header = new byte[128];
        header.AsSpan(0, 116).Fill((byte)' ');
        var text = Encoding.ASCII.GetBytes($"MATLAB 5.0 MAT-file, {description}");
        text.AsSpan(0, Math.Min(116, text.Length)).CopyTo(header);
        // Version 0x0100, and the mark by which readers tell the order of bytes.
        (header[124], header[125], header[126], header[127]) = (0, 1, (byte)'I', (byte)'M');
        _file.Write(header);
    }

    /// <summary>Writes an array; the first dimension runs fastest.</summary>
    public void Write(string name, ReadOnlySpan<double> values, params ReadOnlySpan<int> dimensions) => Pack(Array(name, values, dimensions));

    /// <summary>Writes a 1 x 1 structure of texts and single numbers.</summary>
    public void WriteStructure(string name, IReadOnlyList<(string Field, object Value)> fields)
    {
        using var body = new MemoryStream();
        Begin(body, name, ClassStruct, [1, 1]);
        Element(body, Int32, Bytes(FieldNameLength));
        var names = new byte[FieldNameLength * fields.Count];
        for (var i = 0; i < fields.Count; i++)
            Encoding.ASCII.GetBytes(fields[i].Field).AsSpan().CopyTo(names.AsSpan(FieldNameLength * i, FieldNameLength - 1));
        Element(body, Int8, names);
        foreach (var (_, value) in fields)
            body.Write(value is string text ? Text(text) : Array("", [Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)], [1, 1]));
        Pack(Wrap(body));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static byte[] Array(string name, ReadOnlySpan<double> values, ReadOnlySpan<int> dimensions)
    {
        using var body = new MemoryStream();
        Begin(body, name, ClassDouble, dimensions);
        Element(body, Double, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values));
        return Wrap(body);
    }

    private static byte[] Text(string text)
    {
        using var body = new MemoryStream();
        Begin(body, "", ClassChar, [text.Length > 0 ? 1 : 0, text.Length]);
        Element(body, UInt16, Encoding.Unicode.GetBytes(text));
        return Wrap(body);
    }

    private static void Begin(MemoryStream body, string name, int matrixClass, ReadOnlySpan<int> dimensions)
    {
        Element(body, UInt32, [(byte)matrixClass, 0, 0, 0, 0, 0, 0, 0]);
        Element(body, Int32, System.Runtime.InteropServices.MemoryMarshal.AsBytes(dimensions));
        Element(body, Int8, Encoding.ASCII.GetBytes(name));
    }

    private static byte[] Wrap(MemoryStream body)
    {
        using var matrix = new MemoryStream();
        Element(matrix, Matrix, body.ToArray());
        return matrix.ToArray();
    }

    // NB: four bytes and less must share the tag's eight: SciPy reads the long form too, MATLAB need not.
    private static void Element(MemoryStream to, int type, ReadOnlySpan<byte> data)
    {
        Span<byte> tag = stackalloc byte[8];
        tag.Clear();
        if (data.Length is > 0 and <= 4)
        {
            BinaryPrimitives.WriteInt32LittleEndian(tag, type | (data.Length << 16));
            data.CopyTo(tag[4..]);
            to.Write(tag);
            return;
        }
        BinaryPrimitives.WriteInt32LittleEndian(tag, type);
        BinaryPrimitives.WriteInt32LittleEndian(tag[4..], data.Length);
        to.Write(tag);
        to.Write(data);
        tag.Clear();
        to.Write(tag[..((8 - (data.Length & 7)) & 7)]);
    }

    private static byte[] Bytes(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private void Pack(byte[] matrix)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(matrix);
        Span<byte> tag = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(tag, Compressed);
        BinaryPrimitives.WriteInt32LittleEndian(tag[4..], (int)packed.Length);
        _file.Write(tag);
        _file.Write(packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }
}
