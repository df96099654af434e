using System.Runtime.InteropServices;
using System.Text;

namespace ClosedLoop.Recording;

/// <summary>Reads HDF5 strings, which are stored either with a fixed size or as pointers to text of any length.</summary>
internal static unsafe class Hdf5Strings
{
    /// <summary>Reads <paramref name="count"/> strings through <paramref name="read"/>, which takes the memory type and the buffer.</summary>
    /// <returns>Null where the library refused.</returns>
    public static string[]? Read(long fileType, long space, int count, Func<long, nint, int> read)
    {
        var isVariable = Hdf5Native.H5Tis_variable_str(fileType) > 0;
        var size = isVariable ? (nuint)sizeof(nint) : Hdf5Native.H5Tget_size(fileType);
        if (count == 0)
            return [];
        var memoryType = isVariable ? VariableType(Hdf5Native.H5Tget_cset(fileType)) : Hdf5Native.H5Tcopy(fileType);
        var buffer = (byte*)NativeMemory.AllocZeroed((nuint)count, size);
        try
        {
            if (read(memoryType, (nint)buffer) < 0)
                return null;
            var result = new string[count];
            for (var i = 0; i < count; i++)
                result[i] = isVariable
                    ? Marshal.PtrToStringUTF8(((nint*)buffer)[i]) ?? ""
                    : Encoding.UTF8.GetString(buffer + ((nuint)i * size), (int)size).TrimEnd('\0', ' ');
            if (isVariable)
                _ = Hdf5Native.H5Dvlen_reclaim(memoryType, space, 0, buffer);
            return result;
        }
        finally
        {
            NativeMemory.Free(buffer);
            _ = Hdf5Native.H5Tclose(memoryType);
        }
    }

    /// <summary>A string type of variable length; the caller closes it. Character set 1 is UTF-8.</summary>
    public static long VariableType(int charset)
    {
        var type = Hdf5Native.H5Tcopy(Hdf5Library.CString);
        _ = Hdf5Native.H5Tset_size(type, Hdf5Native.VariableSize);
        _ = Hdf5Native.H5Tset_cset(type, charset);
        return type;
    }
}
