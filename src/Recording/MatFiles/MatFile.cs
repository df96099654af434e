using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Reads the full numeric arrays of a MATLAB file: MAT v5 (R2006 to today's default, compressed or not) here, and
/// v7.3 through HDF5. Cells, structures, text and sparse arrays are passed over.
/// </summary>
/// <remarks>Layout after "MAT-File Format" (The MathWorks), the document of level 5 files.</remarks>
public static class MatFile
{
    internal const int Header = 128;
    private const int TypeMatrix = 14;
    private const int TypeCompressed = 15;
    private const int ClassDouble = 6;
    private const int ClassUInt64 = 15;

    /// <summary>Reads all numeric arrays of <paramref name="path"/> by name.</summary>
    /// <exception cref="ClosedLoopException">It is no MATLAB file, or truncated or damaged.</exception>
    public static IReadOnlyDictionary<string, MatArray> Read(string path)
    {
        if (Hdf5File.HasSignature(path))
            return ReadHdf5(path);
        var arrays = new Dictionary<string, MatArray>();
        ReadVariables(path, (offset, body) => ReadMatrix(path, offset, body, arrays));
        return arrays;
    }

    /// <summary>Hands over the variables of a level 5 file one after the other, expanded.</summary>
    /// <exception cref="ClosedLoopException">It is no MATLAB file of level 5, or truncated or damaged.</exception>
    internal static void ReadVariables(string path, MatVariableReader read)
    {
        var bytes = File.ReadAllBytes(path);
        if (!bytes.AsSpan().StartsWith("MATLAB "u8))
            throw ClosedLoopException.Failed($"'{path}' is not a MATLAB file: it does not begin with 'MATLAB'");
        if (bytes.Length < Header)
            throw Truncated(path, 0);
        if (bytes[126] != 'I' || bytes[127] != 'M')
            throw ClosedLoopException.Failed(
                $"'{path}' is a MATLAB file of a kind that is not read here (big-endian, or older than version 5); save it again with -v7");

        for (var offset = Header; offset < bytes.Length;)
        {
            if (offset + 8 > bytes.Length)
                throw Truncated(path, offset);
            var type = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(offset));
            var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset + 4));
            if (size > bytes.Length - offset - 8)
                throw Truncated(path, offset);
            ReadOnlySpan<byte> body = bytes.AsSpan(offset + 8, (int)size);
            if (type == TypeCompressed)
                body = Inflate(path, bytes, offset + 8, (int)size)[8..];
            if (type is TypeMatrix or TypeCompressed)
                read(offset, body);
            // NB: compressed elements, unlike all others, are not padded to eight bytes.
            offset += 8 + (int)(type == TypeCompressed ? size : (size + 7) & ~7u);
        }
    }

    private static Dictionary<string, MatArray> ReadHdf5(string path)
    {
        using var file = Hdf5File.Open(path);
        var arrays = new Dictionary<string, MatArray>();
        foreach (var name in file.Children("/"))
        {
            if (file.ReadStringAttribute(name, "MATLAB_class") is not ("double" or "single" or "int32" or "int64" or "uint8" or "uint16" or "uint32" or "uint64" or "int8" or "int16"))
                continue;
            var (values, dims) = file.ReadDoubles(name);
            // HDF5's last dimension runs fastest; MATLAB's first does. The bytes are the same.
            arrays[name] = new([.. dims.Reverse()], values);
        }
        return arrays;
    }

    private static void ReadMatrix(string path, int offset, ReadOnlySpan<byte> body, Dictionary<string, MatArray> arrays)
    {
        var reader = new MatElementReader(body);
        if (!reader.TryRead(out var flags) || flags.Bytes.Length < 8 || !reader.TryRead(out var dims) || !reader.TryRead(out var name))
            throw Damaged(path, offset, "a variable has no flags, dimensions and name");
        if (flags.Bytes[0] is < ClassDouble or > ClassUInt64)
            return;
        var variable = Encoding.UTF8.GetString(name.Bytes);
        var dimensions = new int[dims.Bytes.Length / 4];
        var count = 1L;
        for (var i = 0; i < dimensions.Length; i++)
            count = Math.Min(int.MaxValue, count * (dimensions[i] = Math.Max(0, BinaryPrimitives.ReadInt32LittleEndian(dims.Bytes[(4 * i)..]))));
        if (!reader.TryRead(out var real) || !real.TryToDoubles(out var values) || values.Length != count)
            throw Damaged(path, offset, $"the variable '{variable}' does not hold the {string.Join(" x ", dimensions)} numbers it announces");
        arrays[variable] = new(dimensions, values);
    }

    private static Span<byte> Inflate(string path, byte[] bytes, int start, int size)
    {
        try
        {
            using var inflated = new MemoryStream();
            using (var zlib = new ZLibStream(new MemoryStream(bytes, start, size), CompressionMode.Decompress))
                zlib.CopyTo(inflated);
            return inflated.Length >= 8 ? inflated.GetBuffer().AsSpan(0, (int)inflated.Length) : throw Truncated(path, start);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(path, start, "a compressed variable cannot be expanded", error);
        }
    }

    private static ClosedLoopException Truncated(string path, int offset) =>
        ClosedLoopException.Failed($"'{path}' is truncated: the variable that begins at byte {offset} is not all there");

    internal static ClosedLoopException Damaged(string path, int offset, string what, Exception? inner = null) =>
        ClosedLoopException.Failed($"'{path}' is damaged at byte {offset}: {what}", inner);
}
