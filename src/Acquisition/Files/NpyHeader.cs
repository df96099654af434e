using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>The head of an array file of NumPy (.npy, format 1 to 3): what is in it, and where its data begin.</summary>
/// <param name="Path">The file.</param>
/// <param name="Type">NumPy's name of the element type without its byte order: i8, f8, u8, i2, S513.</param>
/// <param name="Shape">Length of each dimension.</param>
/// <param name="DataStart">Bytes before the data.</param>
public sealed partial record NpyHeader(string Path, string Type, IReadOnlyList<long> Shape, long DataStart)
{
    /// <summary>Length of the first dimension.</summary>
    public long Count => Shape[0];

    /// <summary>Bytes of an element.</summary>
    public int ElementSize { get; } = int.Parse(Type.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Reads the head of a file and checks that the file is as long as it says; leaves <paramref name="file"/> at the data.</summary>
    /// <exception cref="ClosedLoopException">It is no such file, is truncated, or has a layout that is not read.</exception>
    public static NpyHeader Read(FileStream file)
    {
        var path = file.Name;
        Span<byte> start = stackalloc byte[12];
        if (file.ReadAtLeast(start[..10], 10, throwOnEndOfStream: false) < 10 || start[0] != 0x93 || !start[1..6].SequenceEqual("NUMPY"u8))
            throw Broken(path, "it does not begin as a NumPy array does");
        long length = BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);
        if (start[6] >= 2)
        {
            file.ReadAtLeast(start[10..], 2, throwOnEndOfStream: false);
            length = BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        }
        if (file.Position + length > file.Length || length > 1 << 20)
            throw Broken(path, $"its head of {length} bytes is cut off");
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        var head = Encoding.UTF8.GetString(bytes);
        var (type, order, shape) = (TypePart().Match(head), OrderPart().Match(head), ShapePart().Match(head));
        if (!type.Success || !order.Success || !shape.Success)
            throw Broken(path, $"its head cannot be understood: {head.Trim()}");
        if (order.Groups[1].Value == "True")
            throw Broken(path, "it is in Fortran order, and C order is read");
        if (type.Groups[1].Value == ">")
            throw Broken(path, "its numbers are big-endian, and little-endian ones are read");
        long[] dimensions = [.. shape.Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(part => long.Parse(part, CultureInfo.InvariantCulture)).DefaultIfEmpty(1)];
        var header = new NpyHeader(path, type.Groups[2].Value, dimensions, file.Position);
        var expected = dimensions.Aggregate((long)header.ElementSize, (product, each) => product * each);
        if (file.Length - file.Position != expected)
            throw Broken(path, $"its head promises {expected} bytes of data and {file.Length - file.Position} are there; it is not whole, copy it again");
        return header;
    }

    internal static ClosedLoopException Broken(string path, string why) => ClosedLoopException.Failed($"'{path}' is no array that can be read: {why}");

    [GeneratedRegex("'descr':\\s*'([<>|=]?)([a-zA-Z][0-9]+)'")]
    private static partial Regex TypePart();

    [GeneratedRegex("'fortran_order':\\s*(True|False)")]
    private static partial Regex OrderPart();

    [GeneratedRegex("'shape':\\s*\\(([0-9, ]*)\\)")]
    private static partial Regex ShapePart();
}
