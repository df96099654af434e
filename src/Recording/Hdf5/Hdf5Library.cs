using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Loads the HDF5 library at its first use, and lets one thread at a time into it.</summary>
public static unsafe class Hdf5Library
{
    private static readonly Lock Gate = new();
    private static bool s_opened;

    /// <summary>Type ids that the library exports as variables; valid once it is open.</summary>
    internal static long NativeDouble { get; private set; }

    internal static long CString { get; private set; }

    internal static long NativeUInt8 { get; private set; }

    internal static long NativeUInt16 { get; private set; }

    internal static long NativeUInt32 { get; private set; }

    internal static long NativeInt32 { get; private set; }

    /// <summary>A reference to a group or data set.</summary>
    internal static long ObjectReference { get; private set; }

    /// <summary>The class of the properties that a data set is made with: chunks, compression.</summary>
    internal static long DatasetCreation { get; private set; }

    /// <summary>How files are opened: without HDF5's advisory locks.</summary>
    /// <remarks>
    /// NB: on network file systems and read-only media locking fails, and a process that was started while a file was open
    /// keeps its lock as long as it lives. Nothing here writes a file that another reads.
    /// </remarks>
    internal static long FileAccess { get; private set; }

    /// <summary>Whether this machine has the library. For <c>doctor</c>.</summary>
    public static bool IsPresent => s_opened || NativeLibrary.TryLoad(Hdf5Native.Library, out _);

    /// <summary>Enters the library: loads it where this was not done yet. Leave by disposing the result.</summary>
    /// <exception cref="ClosedLoopException">The library is not on this machine.</exception>
    internal static Lock.Scope Enter()
    {
        var scope = Gate.EnterScope();
        try
        {
            if (!s_opened)
                Load();
            // NB: the printing of errors is switched off per thread, and any thread may come here.
            _ = Hdf5Native.H5Eset_auto2(0, 0, 0);
        }
        catch
        {
            scope.Dispose();
            throw;
        }
        return scope;
    }

    /// <summary>What the library itself says about the call that just failed.</summary>
    internal static string LastError()
    {
        nint description = 0;
        const int FromOutermost = 1;
        _ = Hdf5Native.H5Ewalk2(0, FromOutermost, &KeepDescription, (nint)(&description));
        var text = Marshal.PtrToStringUTF8(description) ?? "no reason given";
        Marshal.FreeHGlobal(description);
        return text;
    }

    // The innermost entry comes last: it is the one that says what really happened.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int KeepDescription(uint n, Hdf5Native.ErrorEntry* entry, nint data)
    {
        var kept = (nint*)data;
        var text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry->Description);
        Marshal.FreeHGlobal(*kept);
        *kept = Marshal.AllocHGlobal(text.Length + 1);
        text.CopyTo(new Span<byte>((void*)*kept, text.Length));
        ((byte*)*kept)[text.Length] = 0;
        return 0;
    }

    private static void Load()
    {
        if (!NativeLibrary.TryLoad(Hdf5Native.Library, out var library))
            throw ClosedLoopException.Failed(
                $"the HDF5 library ({Hdf5Native.Library}) is not on this machine, and .nwb, .h5 and MATLAB 7.3 files need it; " +
                "install the package libhdf5-103-1 (Ubuntu 24.04: libhdf5-103-1t64)");
        if (Hdf5Native.H5open() < 0)
            throw ClosedLoopException.Failed($"the HDF5 library ({Hdf5Native.Library}) could not be initialised");
        NativeDouble = *(long*)NativeLibrary.GetExport(library, "H5T_NATIVE_DOUBLE_g");
        NativeUInt8 = *(long*)NativeLibrary.GetExport(library, "H5T_NATIVE_UINT8_g");
        NativeUInt16 = *(long*)NativeLibrary.GetExport(library, "H5T_NATIVE_UINT16_g");
        NativeUInt32 = *(long*)NativeLibrary.GetExport(library, "H5T_NATIVE_UINT32_g");
        ObjectReference = *(long*)NativeLibrary.GetExport(library, "H5T_STD_REF_OBJ_g");
        NativeInt32 = *(long*)NativeLibrary.GetExport(library, "H5T_NATIVE_INT32_g");
        CString = *(long*)NativeLibrary.GetExport(library, "H5T_C_S1_g");
        DatasetCreation = *(long*)NativeLibrary.GetExport(library, "H5P_CLS_DATASET_CREATE_ID_g");
        FileAccess = Hdf5Native.H5Pcreate(*(long*)NativeLibrary.GetExport(library, "H5P_CLS_FILE_ACCESS_ID_g"));
        _ = Hdf5Native.H5Pset_file_locking(FileAccess, use: false, ignoreWhenDisabled: true);
        s_opened = true;
    }
}
