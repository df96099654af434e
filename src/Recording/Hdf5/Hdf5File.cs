using System.Runtime.InteropServices;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// An HDF5 file opened for reading: groups, numeric data sets, strings and attributes, addressed by their full path
/// ("processing/behavior/PoseEstimation/nodes").
/// </summary>
/// <remarks>
/// NB: a truncated file is refused, but the library itself (1.10.8, H5HG_read) can crash the process on a file whose
/// heap of strings is garbled inside. Nothing that must not die reads HDF5 while a session runs.
/// </remarks>
public sealed unsafe class Hdf5File : IDisposable
{
    private readonly string _path;
    private long _file;

    private Hdf5File(string path, long file) => (_path, _file) = (path, file);

    /// <summary>Opens <paramref name="path"/>, which must exist.</summary>
    /// <exception cref="ClosedLoopException">It is no HDF5 file, is truncated or damaged, or the library is absent.</exception>
    public static Hdf5File Open(string path)
    {
        if (!HasSignature(path))
            throw ClosedLoopException.Failed($"'{path}' is not an HDF5 file: its signature is missing");
        using var scope = Hdf5Library.Enter();
        var file = Hdf5Native.H5Fopen(path, Hdf5Native.ReadOnly, Hdf5Library.FileAccess);
        return file >= 0
            ? new(path, file)
            : throw ClosedLoopException.Failed($"'{path}' cannot be opened: the HDF5 file is truncated or damaged ({Hdf5Library.LastError()})");
    }

    /// <summary>Whether the file begins as HDF5 files do; a user block of 512 bytes or a power-of-two multiple may come first.</summary>
    public static bool HasSignature(string path)
    {
        ReadOnlySpan<byte> signature = [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0d, 0x0a, 0x1a, 0x0a];
        using var stream = File.OpenRead(path);
        Span<byte> head = stackalloc byte[8];
        for (long offset = 0; offset + 8 <= stream.Length && offset <= 1 << 20; offset = Math.Max(512, 2 * offset))
        {
            stream.Position = offset;
            stream.ReadExactly(head);
            if (head.SequenceEqual(signature))
                return true;
        }
        return false;
    }

    /// <summary>Whether there is a group or data set of this path.</summary>
    public bool Exists(string item)
    {
        using var scope = Hdf5Library.Enter();
        return ExistsInside(item);
    }

    /// <summary>The names in a group, in alphabetical order.</summary>
    public IReadOnlyList<string> Children(string group)
    {
        using var scope = Hdf5Library.Enter();
        var item = OpenItem(group);
        try
        {
            Hdf5Native.GroupInfo info;
            if (Hdf5Native.H5Gget_info(item, &info) < 0)
                throw Broken(group);
            var names = new List<string>();
            var buffer = stackalloc byte[1024];
            for (ulong i = 0; i < info.LinkCount; i++)
            {
                var length = Hdf5Native.H5Lget_name_by_idx(item, ".", 0, 0, i, buffer, 1024, 0);
                if (length < 0)
                    throw Broken(group);
                names.Add(Encoding.UTF8.GetString(buffer, (int)Math.Min(length, 1023)));
            }
            return names;
        }
        finally
        {
            _ = Hdf5Native.H5Oclose(item);
        }
    }

    /// <summary>Reads a numeric data set of any type and rank, row-major; integers and single precision become doubles.</summary>
    /// <returns>The values and the size of each dimension.</returns>
    public (double[] Values, int[] Dimensions) ReadDoubles(string dataset)
    {
        using var scope = Hdf5Library.Enter();
        using var handle = OpenDataset(dataset);
        if (handle.TypeClass is not (Hdf5Native.ClassInteger or Hdf5Native.ClassFloat))
            throw ClosedLoopException.Failed($"'{dataset}' in '{_path}' does not hold numbers");
        var values = new double[handle.Count(_path, dataset)];
        fixed (double* data = values)
            if (values.Length > 0 && Hdf5Native.H5Dread(handle.Id, Hdf5Library.NativeDouble, 0, 0, 0, data) < 0)
                throw Broken(dataset);
        return (values, handle.Dimensions);
    }

    /// <summary>
    /// Reads one member of a table (a data set of compound rows): a number, or an array of numbers, a row.
    /// </summary>
    /// <returns>The values, row after row, and how many there are a row; null where there is no such member or it is of another kind.</returns>
    public (double[] Values, int Width)? ReadMember(string dataset, string member)
    {
        using var scope = Hdf5Library.Enter();
        using var handle = OpenDataset(dataset);
        if (handle.TypeClass != Hdf5Native.ClassCompound)
            return null;
        var index = Hdf5Native.H5Tget_member_index(handle.Type, member);
        if (index < 0)
            return null;
        var stored = Hdf5Native.H5Tget_member_type(handle.Type, (uint)index);
        var width = Hdf5Table.WidthOf(stored);
        _ = Hdf5Native.H5Tclose(stored);
        if (width < 1)
            return null;
        var values = new double[checked(handle.Count(_path, dataset) * width)];
        using var row = new Hdf5Table(member, width);
        fixed (double* data = values)
            if (values.Length > 0 && Hdf5Native.H5Dread(handle.Id, row.Type, 0, 0, 0, data) < 0)
                throw Broken(dataset);
        return (values, width);
    }

    /// <summary>Reads a data set of strings.</summary>
    public string[] ReadStrings(string dataset)
    {
        using var scope = Hdf5Library.Enter();
        using var handle = OpenDataset(dataset);
        if (handle.TypeClass != Hdf5Native.ClassString)
            throw ClosedLoopException.Failed($"'{dataset}' in '{_path}' does not hold text");
        return Hdf5Strings.Read(
            handle.Type, handle.Space, handle.Count(_path, dataset), (type, data) => Hdf5Native.H5Dread(handle.Id, type, 0, 0, 0, (void*)data))
            ?? throw Broken(dataset);
    }

    /// <summary>The text of an attribute, or null where there is none of this name or it holds something else.</summary>
    public string? ReadStringAttribute(string item, string name) => WithAttribute(item, name, (attribute, type, space) =>
        Hdf5Native.H5Tget_class(type) != Hdf5Native.ClassString
            ? null
            : Hdf5Strings.Read(type, space, 1, (memoryType, data) => Hdf5Native.H5Aread(attribute, memoryType, (void*)data))?[0]);

    /// <summary>The number in an attribute, or null where there is none of this name or it holds something else.</summary>
    public double? ReadDoubleAttribute(string item, string name) => WithAttribute<double?>(item, name, (attribute, type, _) =>
    {
        double value;
        var isNumber = Hdf5Native.H5Tget_class(type) is Hdf5Native.ClassInteger or Hdf5Native.ClassFloat;
        return isNumber && Hdf5Native.H5Aread(attribute, Hdf5Library.NativeDouble, &value) >= 0 ? value : null;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_file <= 0)
            return;
        using var scope = Hdf5Library.Enter();
        _ = Hdf5Native.H5Fclose(_file);
        _file = 0;
    }

    private T? WithAttribute<T>(string item, string name, Func<long, long, long, T?> read)
    {
        using var scope = Hdf5Library.Enter();
        var owner = OpenItem(item);
        try
        {
            if (Hdf5Native.H5Aexists(owner, name) <= 0)
                return default;
            var attribute = Hdf5Native.H5Aopen(owner, name, 0);
            var type = Hdf5Native.H5Aget_type(attribute);
            var space = Hdf5Native.H5Aget_space(attribute);
            try
            {
                // NB: an attribute may be an array; reading one value would then overrun the buffer.
                return Hdf5Dataset.DimensionsOf(space).All(size => size == 1) ? read(attribute, type, space) : default;
            }
            finally
            {
                _ = Hdf5Native.H5Sclose(space);
                _ = Hdf5Native.H5Tclose(type);
                _ = Hdf5Native.H5Aclose(attribute);
            }
        }
        finally
        {
            _ = Hdf5Native.H5Oclose(owner);
        }
    }

    private long OpenItem(string item)
    {
        var id = ExistsInside(item) ? Hdf5Native.H5Oopen(_file, item, 0) : -1;
        return id >= 0 ? id : throw ClosedLoopException.Failed($"'{_path}' has no '{item}'");
    }

    private Hdf5Dataset OpenDataset(string dataset)
    {
        var id = ExistsInside(dataset) ? Hdf5Native.H5Dopen2(_file, dataset, 0) : -1;
        return id >= 0
            ? new(id, Hdf5Native.H5Dget_type(id), Hdf5Native.H5Dget_space(id))
            : throw ClosedLoopException.Failed($"'{_path}' has no data set '{dataset}'");
    }

    // NB: H5Lexists fails, rather than answering no, where a group on the way is missing: ask step by step.
    private bool ExistsInside(string item)
    {
        for (var end = item.IndexOf('/', 1); ; end = item.IndexOf('/', end + 1))
        {
            var part = end < 0 ? item : item[..end];
            if (Hdf5Native.H5Lexists(_file, part, 0) <= 0)
                return part == "/";
            if (end < 0)
                return true;
        }
    }

    private ClosedLoopException Broken(string item) =>
        ClosedLoopException.Failed($"'{item}' in '{_path}' cannot be read: the file is damaged ({Hdf5Library.LastError()})");
}
