namespace ClosedLoop.Recording;

/// <summary>The type in memory of one member of a table's rows, as doubles, by which HDF5 picks it out of each row.</summary>
internal sealed unsafe class Hdf5Table : IDisposable
{
    private readonly long _element;

    /// <summary>Makes the type; hold the library's lock.</summary>
    public Hdf5Table(string member, int width)
    {
        var dims = (ulong)width;
        _element = Hdf5Native.H5Tarray_create2(Hdf5Library.NativeDouble, 1, &dims);
        Type = Hdf5Native.H5Tcreate(Hdf5Native.ClassCompound, (nuint)(sizeof(double) * width));
        // NB: HDF5 does not turn a single number into an array of one.
        _ = Hdf5Native.H5Tinsert(Type, member, 0, width == 1 ? Hdf5Library.NativeDouble : _element);
    }

    /// <summary>The compound type.</summary>
    public long Type { get; }

    /// <summary>Numbers in a member: 1, the length of an array of one dimension, or 0 where it is something else.</summary>
    public static int WidthOf(long type)
    {
        var kind = Hdf5Native.H5Tget_class(type);
        if (IsNumber(kind))
            return 1;
        if (kind != Hdf5Native.ClassArray || Hdf5Native.H5Tget_array_ndims(type) != 1)
            return 0;
        ulong width;
        _ = Hdf5Native.H5Tget_array_dims2(type, &width);
        var element = Hdf5Native.H5Tget_super(type);
        var isNumber = IsNumber(Hdf5Native.H5Tget_class(element));
        _ = Hdf5Native.H5Tclose(element);
        return isNumber && width is > 1 and < int.MaxValue ? (int)width : 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = Hdf5Native.H5Tclose(Type);
        _ = Hdf5Native.H5Tclose(_element);
    }

    private static bool IsNumber(int kind) => kind is Hdf5Native.ClassInteger or Hdf5Native.ClassFloat;
}
