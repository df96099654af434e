using System.Buffers.Binary;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>An array file of NumPy, read whole: for the small arrays that stand beside recordings.</summary>
public sealed class NpyFile
{
    private readonly byte[] _data;

    private NpyFile(NpyHeader header, byte[] data) => (Header, _data) = (header, data);

    /// <summary>What is in it.</summary>
    public NpyHeader Header { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ClosedLoopException">It is not there, is no such file, is truncated, or has a layout that is not read.</exception>
    public static NpyFile Open(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var header = NpyHeader.Read(file);
            if (file.Length > 1 << 30)
                throw NpyHeader.Broken(path, $"it has {file.Length} bytes, and arrays of up to 1 GiB are read whole");
            var data = new byte[file.Length - file.Position];
            file.ReadExactly(data);
            return new(header, data);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"'{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The elements as 64-bit integers.</summary>
    /// <exception cref="ClosedLoopException">They are no integers.</exception>
    public long[] ToInt64() => Header.Type switch
    {
        "i8" or "u8" => Of(8, at => BinaryPrimitives.ReadInt64LittleEndian(at)),
        "i4" => Of<long>(4, at => BinaryPrimitives.ReadInt32LittleEndian(at)),
        "u4" => Of<long>(4, at => BinaryPrimitives.ReadUInt32LittleEndian(at)),
        "i2" => Of<long>(2, at => BinaryPrimitives.ReadInt16LittleEndian(at)),
        "u2" => Of<long>(2, at => BinaryPrimitives.ReadUInt16LittleEndian(at)),
        "i1" => Of<long>(1, at => (sbyte)at[0]),
        "u1" or "b1" => Of<long>(1, at => at[0]),
        _ => throw NpyHeader.Broken(Header.Path, $"its elements are '{Header.Type}', and integers were expected"),
    };

    /// <summary>The elements in double precision.</summary>
    /// <exception cref="ClosedLoopException">They are no floating-point numbers.</exception>
    public double[] ToDouble() => Header.Type switch
    {
        "f8" => Of(8, at => BinaryPrimitives.ReadDoubleLittleEndian(at)),
        "f4" => Of<double>(4, at => BinaryPrimitives.ReadSingleLittleEndian(at)),
        _ => throw NpyHeader.Broken(Header.Path, $"its elements are '{Header.Type}', and floating-point numbers were expected"),
    };

    /// <summary>The elements as text.</summary>
    /// <exception cref="ClosedLoopException">They are no byte strings.</exception>
    public string[] ToText() => Header.Type[0] == 'S'
        ? Of(Header.ElementSize, at => Encoding.UTF8.GetString(at).TrimEnd('\0'))
        : throw NpyHeader.Broken(Header.Path, $"its elements are '{Header.Type}', and byte strings were expected");

    private delegate T Reader<T>(ReadOnlySpan<byte> at);

    private T[] Of<T>(int size, Reader<T> read)
    {
        var values = new T[_data.Length / size];
        for (var i = 0; i < values.Length; i++)
            values[i] = read(_data.AsSpan(i * size, size));
        return values;
    }
}
