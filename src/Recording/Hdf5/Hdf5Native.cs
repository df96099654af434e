using System.Runtime.InteropServices;

namespace ClosedLoop.Recording;

/// <summary>
/// The functions of the HDF5 C library that are used here (version 1.10: identifiers are 64 bits wide).
/// Call <see cref="Hdf5Library.Enter"/> first and hold its lock.
/// </summary>
internal static unsafe partial class Hdf5Native
{
    /// <summary>Debian package libhdf5-103-1 (Ubuntu 24.04: libhdf5-103-1t64).</summary>
    public const string Library = "libhdf5_serial.so.103";

    public const uint ReadOnly = 0;
    public const uint Truncate = 2;

    /// <summary>H5T_STR_NULLPAD.</summary>
    public const int FilledWithZeros = 1;

    public const int ClassInteger = 0;
    public const int ClassFloat = 1;
    public const int ClassString = 3;
    public const int ClassCompound = 6;
    public const int ClassArray = 10;

    /// <summary>H5T_VARIABLE: the size that stands for a string of any length.</summary>
    public static nuint VariableSize => nuint.MaxValue;

    [LibraryImport(Library)] public static partial int H5open();
    [LibraryImport(Library)] public static partial int H5Eset_auto2(long stack, nint function, nint data);
    [LibraryImport(Library)] public static partial int H5Ewalk2(long stack, int direction, delegate* unmanaged[Cdecl]<uint, ErrorEntry*, nint, int> visit, nint data);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial long H5Fopen(string path, uint flags, long access);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial long H5Fcreate(string path, uint flags, long creation, long access);
    [LibraryImport(Library)] public static partial int H5Fclose(long file);

    [LibraryImport(Library)] public static partial long H5Pcreate(long propertyClass);
    [LibraryImport(Library)] public static partial int H5Pset_file_locking(long access, [MarshalAs(UnmanagedType.U1)] bool use, [MarshalAs(UnmanagedType.U1)] bool ignoreWhenDisabled);

    [LibraryImport(Library)] public static partial int H5Pclose(long properties);
    [LibraryImport(Library)] public static partial int H5Pset_chunk(long creation, int rank, ulong* dims);
    [LibraryImport(Library)] public static partial int H5Pset_shuffle(long creation);
    [LibraryImport(Library)] public static partial int H5Pset_deflate(long creation, uint level);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int H5Lexists(long location, string name, long access);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint H5Lget_name_by_idx(long location, string group, int index, int order, ulong n, byte* name, nuint size, long access);
    [LibraryImport(Library)] public static partial int H5Gget_info(long group, GroupInfo* info);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial long H5Gcreate2(long location, string name, long link, long creation, long access);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial long H5Oopen(long location, string name, long access);
    [LibraryImport(Library)] public static partial int H5Oclose(long item);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial long H5Dopen2(long location, string name, long access);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial long H5Dcreate2(long location, string name, long type, long space, long link, long creation, long access);
    [LibraryImport(Library)] public static partial long H5Dget_space(long dataset);
    [LibraryImport(Library)] public static partial long H5Dget_type(long dataset);
    [LibraryImport(Library)] public static partial int H5Dread(long dataset, long type, long memorySpace, long fileSpace, long transfer, void* data);
    [LibraryImport(Library)] public static partial int H5Dwrite(long dataset, long type, long memorySpace, long fileSpace, long transfer, void* data);
    [LibraryImport(Library)] public static partial int H5Dvlen_reclaim(long type, long space, long transfer, void* data);
    [LibraryImport(Library)] public static partial int H5Dclose(long dataset);

    [LibraryImport(Library)] public static partial long H5Screate(int kind);
    [LibraryImport(Library)] public static partial long H5Screate_simple(int rank, ulong* dims, ulong* maxDims);
    [LibraryImport(Library)] public static partial int H5Sget_simple_extent_ndims(long space);
    [LibraryImport(Library)] public static partial int H5Sget_simple_extent_dims(long space, ulong* dims, ulong* maxDims);
    [LibraryImport(Library)] public static partial int H5Sclose(long space);

    [LibraryImport(Library)] public static partial int H5Tget_class(long type);
    [LibraryImport(Library)] public static partial int H5Tget_cset(long type);
    [LibraryImport(Library)] public static partial int H5Tset_cset(long type, int charset);
    [LibraryImport(Library)] public static partial nuint H5Tget_size(long type);
    [LibraryImport(Library)] public static partial int H5Tset_size(long type, nuint size);
    [LibraryImport(Library)] public static partial int H5Tset_strpad(long type, int padding);
    [LibraryImport(Library)] public static partial int H5Tis_variable_str(long type);
    [LibraryImport(Library)] public static partial long H5Tcopy(long type);
    [LibraryImport(Library)] public static partial int H5Tclose(long type);

    [LibraryImport(Library)] public static partial long H5Tcreate(int typeClass, nuint size);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int H5Tinsert(long compound, string name, nuint offset, long type);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int H5Tget_member_index(long compound, string name);
    [LibraryImport(Library)] public static partial long H5Tget_member_type(long compound, uint member);
    [LibraryImport(Library)] public static partial long H5Tget_super(long type);
    [LibraryImport(Library)] public static partial long H5Tarray_create2(long element, uint rank, ulong* dims);
    [LibraryImport(Library)] public static partial int H5Tget_array_ndims(long type);
    [LibraryImport(Library)] public static partial int H5Tget_array_dims2(long type, ulong* dims);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int H5Aexists(long item, string name);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial long H5Aopen(long item, string name, long access);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial long H5Acreate2(long item, string name, long type, long space, long creation, long access);
    [LibraryImport(Library)] public static partial long H5Aget_type(long attribute);
    [LibraryImport(Library)] public static partial long H5Aget_space(long attribute);
    [LibraryImport(Library)] public static partial int H5Aread(long attribute, long type, void* data);
    [LibraryImport(Library)] public static partial int H5Awrite(long attribute, long type, void* data);
    [LibraryImport(Library)] public static partial int H5Aclose(long attribute);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int H5Rcreate(void* reference, long location, string name, int kind, long space);

    /// <summary>H5G_info_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct GroupInfo
    {
        public int StorageType;
        public ulong LinkCount;
        public long MaxCreationOrder;
        public byte Mounted;
    }

    /// <summary>H5E_error2_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ErrorEntry
    {
        public long Class;
        public long Major;
        public long Minor;
        public uint Line;
        public byte* Function;
        public byte* File;
        public byte* Description;
    }
}
