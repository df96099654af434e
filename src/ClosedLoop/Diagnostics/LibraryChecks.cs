using System.Runtime.InteropServices;

namespace ClosedLoop.Diagnostics;

/// <summary>Libraries that are called straight away, without a shim: loaded here and asked for their version.</summary>
internal static unsafe class LibraryChecks
{
    public static IEnumerable<Check> Run(SystemPackages packages)
    {
        yield return Load(packages, "keypoint files", "HDF5", "libhdf5_serial.so.103", "libhdf5-103-1",
            "reads keypoint files in NWB (.nwb); .mat and .csv do without", Hdf5Version);
        yield return Load(packages, "recording", "Zstandard", "libzstd.so.1", "libzstd1", "compresses recordings", ZstandardVersion);
    }

    private static Check Load(
        SystemPackages packages, string feature, string item, string library, string package, string purpose, Func<nint, string?> version)
    {
        if (!NativeLibrary.TryLoad(library, out var handle))
            return new Check(feature, item, CheckState.Missing, $"{library} cannot be loaded", purpose, packages.InstallCommand(package));
        // NB: not unloaded again: both register handlers that run at the program's end.
        return version(handle) is { } found
            ? new Check(feature, item, CheckState.Ok, found, purpose)
            : new Check(feature, item, CheckState.Missing, $"{library} does not tell its version, so it is not what its name says", purpose,
                packages.InstallCommand($"--reinstall {package}"));
    }

    private static string? Hdf5Version(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "H5get_libversion", out var function))
            return null;
        uint major = 0, minor = 0, release = 0;
        return ((delegate* unmanaged[Cdecl]<uint*, uint*, uint*, int>)function)(&major, &minor, &release) >= 0
            ? $"{major}.{minor}.{release}"
            : null;
    }

    private static string? ZstandardVersion(nint library) =>
        NativeLibrary.TryGetExport(library, "ZSTD_versionString", out var function)
            ? Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint>)function)())
            : null;
}
