using System.Runtime.InteropServices;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Writes an HDF5 file: groups, numeric data sets, strings and attributes, addressed by full path.
/// </summary>
/// <remarks>NB: a process that dies before <see cref="Dispose"/> leaves an unreadable file. Record to MCAP, export to HDF5.</remarks>
public sealed unsafe class Hdf5Writer : IDisposable
{
    private readonly string _path;
    private long _file;

    private Hdf5Writer(string path, long file) => (_path, _file) = (path, file);

    /// <summary>Makes the file; one that is there already is replaced.</summary>
    public static Hdf5Writer Create(string path)
    {
        using var scope = Hdf5Library.Enter();
        var file = Hdf5Native.H5Fcreate(path, Hdf5Native.Truncate, 0, Hdf5Library.FileAccess);
        return file >= 0
            ? new(path, file)
            : throw ClosedLoopException.Failed($"'{path}' cannot be written: {Hdf5Library.LastError()}");
    }

    /// <summary>Makes a group, and those above it that are not there yet.</summary>
    public void CreateGroup(string group)
    {
        using var scope = Hdf5Library.Enter();
        for (var end = group.IndexOf('/', 1); ; end = group.IndexOf('/', end + 1))
        {
            var part = end < 0 ? group : group[..end];
            if (Hdf5Native.H5Lexists(_file, part, 0) <= 0)
                _ = Hdf5Native.H5Oclose(Check(Hdf5Native.H5Gcreate2(_file, part, 0, 0, 0), part));
            if (end < 0)
                return;
        }
    }

    /// <summary>Writes doubles, row-major, with these dimensions; none stands for a single value.</summary>
    public void WriteDoubles(string dataset, ReadOnlySpan<double> values, params ReadOnlySpan<int> dimensions)
    {
        using var scope = Hdf5Library.Enter();
        fixed (double* data = values)
            Write(dataset, Hdf5Library.NativeDouble, dimensions, data);
    }

    /// <summary>Writes doubles as <see cref="WriteDoubles"/>, compressed with gzip in chunks of whole rows.</summary>
    public void WriteCompressedDoubles(string dataset, ReadOnlySpan<double> values, params ReadOnlySpan<int> dimensions)
    {
        const int ChunkBytes = 1 << 18;
        const uint Level = 4;
        if (values.IsEmpty || dimensions.IsEmpty)
        {
            WriteDoubles(dataset, values, dimensions);
            return;
        }
        using var scope = Hdf5Library.Enter();
        var rowBytes = sizeof(double) * (values.Length / dimensions[0]);
        var chunk = stackalloc ulong[dimensions.Length];
        for (var i = 0; i < dimensions.Length; i++)
            chunk[i] = (ulong)dimensions[i];
        chunk[0] = (ulong)Math.Clamp(ChunkBytes / rowBytes, 1, dimensions[0]);
        var creation = Check(Hdf5Native.H5Pcreate(Hdf5Library.DatasetCreation), dataset);
        _ = Check(Hdf5Native.H5Pset_chunk(creation, dimensions.Length, chunk), dataset);
        // NB: bytes of like weight beside each other: numbers that change little compress far better so.
        _ = Check(Hdf5Native.H5Pset_shuffle(creation), dataset);
        _ = Check(Hdf5Native.H5Pset_deflate(creation, Level), dataset);
        fixed (double* data = values)
            Write(dataset, Hdf5Library.NativeDouble, dimensions, data, creation);
        _ = Hdf5Native.H5Pclose(creation);
    }

    /// <summary>Writes whole numbers of 8, 16 or 32 bits (byte, ushort, uint, int), row-major, with these dimensions.</summary>
    public void WriteIntegers<T>(string dataset, ReadOnlySpan<T> values, params ReadOnlySpan<int> dimensions)
        where T : unmanaged
    {
        using var scope = Hdf5Library.Enter();
        var type = typeof(T) == typeof(byte) ? Hdf5Library.NativeUInt8
            : typeof(T) == typeof(ushort) ? Hdf5Library.NativeUInt16
            : typeof(T) == typeof(uint) ? Hdf5Library.NativeUInt32
            : typeof(T) == typeof(int) ? Hdf5Library.NativeInt32
            : throw new ArgumentException($"Whole numbers of the type {typeof(T).Name} are not written.", nameof(values));
        fixed (T* data = values)
            Write(dataset, type, dimensions, data);
    }

    /// <summary>Writes a single string.</summary>
    public void WriteString(string dataset, string value)
    {
        using var scope = Hdf5Library.Enter();
        var type = Hdf5Strings.VariableType(charset: 1);
        var text = Marshal.StringToCoTaskMemUTF8(value);
        Write(dataset, type, [], &text);
        Marshal.FreeCoTaskMem(text);
        _ = Hdf5Native.H5Tclose(type);
    }

    /// <summary>Writes a list of strings.</summary>
    public void WriteStrings(string dataset, IReadOnlyList<string> values)
    {
        using var scope = Hdf5Library.Enter();
        var type = Hdf5Strings.VariableType(charset: 1);
        var pointers = values.Select(Marshal.StringToCoTaskMemUTF8).ToArray();
        fixed (nint* data = pointers)
            Write(dataset, type, [values.Count], data);
        foreach (var pointer in pointers)
            Marshal.FreeCoTaskMem(pointer);
        _ = Hdf5Native.H5Tclose(type);
    }

    /// <summary>
    /// Writes text of fixed size (UTF-8, filled up with zeros), as NumPy's bytes are stored: a list of strings, or a single one
    /// where <paramref name="isScalar"/>.
    /// </summary>
    public void WriteFixedStrings(string dataset, IReadOnlyList<string> values, bool isScalar = false)
    {
        var texts = values.Select(Encoding.UTF8.GetBytes).ToArray();
        var size = Math.Max(1, texts.Select(text => text.Length).DefaultIfEmpty().Max());
        var bytes = new byte[size * texts.Length];
        for (var i = 0; i < texts.Length; i++)
            texts[i].CopyTo(bytes, size * i);
        using var scope = Hdf5Library.Enter();
        var type = Hdf5Native.H5Tcopy(Hdf5Library.CString);
        _ = Hdf5Native.H5Tset_size(type, (nuint)size);
        _ = Hdf5Native.H5Tset_strpad(type, Hdf5Native.FilledWithZeros);
        fixed (byte* data = bytes)
            Write(dataset, type, isScalar ? [] : [texts.Length], data);
        _ = Hdf5Native.H5Tclose(type);
    }

    /// <summary>Puts a text attribute on a group or data set.</summary>
    public void WriteAttribute(string item, string name, string value)
    {
        using var scope = Hdf5Library.Enter();
        var type = Hdf5Strings.VariableType(charset: 1);
        var text = Marshal.StringToCoTaskMemUTF8(value);
        WriteAttribute(item, name, type, &text);
        Marshal.FreeCoTaskMem(text);
        _ = Hdf5Native.H5Tclose(type);
    }

    /// <summary>Puts a list of texts as an attribute on a group or data set.</summary>
    public void WriteAttribute(string item, string name, IReadOnlyList<string> values)
    {
        using var scope = Hdf5Library.Enter();
        var type = Hdf5Strings.VariableType(charset: 1);
        var pointers = values.Select(Marshal.StringToCoTaskMemUTF8).ToArray();
        fixed (nint* data = pointers)
            WriteAttribute(item, name, type, data, values.Count);
        foreach (var pointer in pointers)
            Marshal.FreeCoTaskMem(pointer);
        _ = Hdf5Native.H5Tclose(type);
    }

    /// <summary>Puts a reference to another group or data set as an attribute on a group or data set.</summary>
    public void WriteReferenceAttribute(string item, string name, string target)
    {
        using var scope = Hdf5Library.Enter();
        var reference = 0L;
        _ = Check(Hdf5Native.H5Rcreate(&reference, _file, target, 0, -1), target);
        WriteAttribute(item, name, Hdf5Library.ObjectReference, &reference);
    }

    /// <summary>Puts a number attribute on a group or data set.</summary>
    public void WriteAttribute(string item, string name, double value)
    {
        using var scope = Hdf5Library.Enter();
        WriteAttribute(item, name, Hdf5Library.NativeDouble, &value);
    }

    /// <summary>Puts a whole number attribute of 32 bits on a group or data set.</summary>
    public void WriteIntegerAttribute(string item, string name, int value)
    {
        using var scope = Hdf5Library.Enter();
        WriteAttribute(item, name, Hdf5Library.NativeInt32, &value);
    }

    /// <summary>Closes the file; only now is it whole.</summary>
    public void Dispose()
    {
        if (_file <= 0)
            return;
        using var scope = Hdf5Library.Enter();
        _ = Hdf5Native.H5Fclose(_file);
        _file = 0;
    }

    private void Write(string dataset, long type, ReadOnlySpan<int> dimensions, void* data, long creation = 0)
    {
        var dims = stackalloc ulong[Math.Max(1, dimensions.Length)];
        for (var i = 0; i < dimensions.Length; i++)
            dims[i] = (ulong)dimensions[i];
        var space = dimensions.IsEmpty ? Hdf5Native.H5Screate(0) : Hdf5Native.H5Screate_simple(dimensions.Length, dims, null);
        var id = Check(Hdf5Native.H5Dcreate2(_file, dataset, type, space, 0, creation, 0), dataset);
        _ = Check(Hdf5Native.H5Dwrite(id, type, 0, 0, 0, data), dataset);
        _ = Hdf5Native.H5Dclose(id);
        _ = Hdf5Native.H5Sclose(space);
    }

    private void WriteAttribute(string item, string name, long type, void* data, int? count = null)
    {
        var owner = Check(Hdf5Native.H5Oopen(_file, item, 0), item);
        var length = (ulong)(count ?? 0);
        var space = count is null ? Hdf5Native.H5Screate(0) : Hdf5Native.H5Screate_simple(1, &length, null);
        var attribute = Check(Hdf5Native.H5Acreate2(owner, name, type, space, 0, 0), name);
        _ = Check(Hdf5Native.H5Awrite(attribute, type, data), name);
        _ = Hdf5Native.H5Aclose(attribute);
        _ = Hdf5Native.H5Sclose(space);
        _ = Hdf5Native.H5Oclose(owner);
    }

    private long Check(long result, string item) => result >= 0
        ? result
        : throw ClosedLoopException.Failed($"'{item}' cannot be written to '{_path}': {Hdf5Library.LastError()}");
}
