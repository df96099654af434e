using System.Buffers.Binary;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Reads all of a level 5 MATLAB file, cells and structures with what is in them. After "MAT-File Format" (The MathWorks).
/// </summary>
internal static class MatTree
{
    private const int Matrix = 14;
    private const int Cell = 1;
    private const int Struct = 2;
    private const int Text = 4;
    private const int Double = 6;
    private const int UInt64 = 15;

    /// <summary>The file's variables by name.</summary>
    /// <exception cref="ClosedLoopException">It is no such file, or truncated or damaged.</exception>
    public static IReadOnlyDictionary<string, MatValue> Read(string path)
    {
        if (Hdf5File.HasSignature(path))
            throw ClosedLoopException.Failed($"'{path}' is a MATLAB 7.3 file, whose structures are not read here; load it in MATLAB and save it again with -v7");
        var variables = new Dictionary<string, MatValue>();
        MatFile.ReadVariables(path, (offset, body) =>
        {
            var value = ReadMatrix(path, offset, body, out var name);
            variables[name] = value;
        });
        return variables;
    }

    private static MatValue ReadMatrix(string path, int offset, ReadOnlySpan<byte> body, out string name)
    {
        name = "";
        if (body.IsEmpty)
            return new MatNumbers([0, 0], []);
        var reader = new MatElementReader(body);
        if (!reader.TryRead(out var flags) || flags.Bytes.Length < 8 || !reader.TryRead(out var dims) || !reader.TryRead(out var nameElement))
            throw MatFile.Damaged(path, offset, "a value has no flags, dimensions and name");
        name = Encoding.UTF8.GetString(nameElement.Bytes);
        var dimensions = new int[dims.Bytes.Length / 4];
        var count = 1L;
        for (var i = 0; i < dimensions.Length; i++)
            count = Math.Min(int.MaxValue, count * (dimensions[i] = Math.Max(0, BinaryPrimitives.ReadInt32LittleEndian(dims.Bytes[(4 * i)..]))));
        // NB: nothing holds more values than it has bytes; without this a damaged size would ask for all memory.
        if (count > body.Length)
            throw MatFile.Damaged(path, offset, $"'{name}' announces {count} values, more than it has bytes");
        switch (flags.Bytes[0])
        {
            case Cell:
                return new MatCell(dimensions, ReadValues(path, offset, ref reader, (int)count));
            case Struct:
                if (!reader.TryRead(out var length) || length.Bytes.Length < 4 || !reader.TryRead(out var names))
                    throw MatFile.Damaged(path, offset, $"the structure '{name}' has no fields");
                var fields = FieldNames(names.Bytes, BinaryPrimitives.ReadInt32LittleEndian(length.Bytes));
                var values = ReadValues(path, offset, ref reader, (int)Math.Min(int.MaxValue, count * fields.Length));
                return new MatStruct(dimensions, fields.Select((field, f) => (field, f)).ToDictionary(
                    pair => pair.field, pair => Enumerable.Range(0, (int)count).Select(i => values[(i * fields.Length) + pair.f]).ToArray()));
            case Text:
                return reader.TryRead(out var letters) ? new MatText(ToText(letters)) : new MatText("");
            case >= Double and <= UInt64:
                return reader.TryRead(out var real) && real.TryToDoubles(out var numbers) && numbers.Length == count
                    ? new MatNumbers(dimensions, numbers)
                    : throw MatFile.Damaged(path, offset, $"'{name}' does not hold the {string.Join(" x ", dimensions)} numbers it announces");
            case var other:
                return new MatUnknown(other);
        }
    }

    private static MatValue[] ReadValues(string path, int offset, ref MatElementReader reader, int count)
    {
        var values = new MatValue[count];
        for (var i = 0; i < count; i++)
            values[i] = reader.TryRead(out var element) && element.Type == Matrix
                ? ReadMatrix(path, offset, element.Bytes, out _)
                : throw MatFile.Damaged(path, offset, "a cell or structure holds fewer values than it announces");
        return values;
    }

    private static string[] FieldNames(ReadOnlySpan<byte> bytes, int length)
    {
        if (length <= 0)
            return [];
        var names = new string[bytes.Length / length];
        for (var i = 0; i < names.Length; i++)
        {
            var name = bytes.Slice(i * length, length);
            var end = name.IndexOf((byte)0);
            names[i] = Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
        }
        return names;
    }

    private static string ToText(MatElementReader.Element element) => element.Type switch
    {
        4 or 17 => Encoding.Unicode.GetString(element.Bytes),
        18 => Encoding.UTF32.GetString(element.Bytes),
        _ => Encoding.UTF8.GetString(element.Bytes),
    };
}
