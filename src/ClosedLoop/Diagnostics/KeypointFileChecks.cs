using System.Runtime.InteropServices;

namespace ClosedLoop.Diagnostics;

/// <summary>HDF5, which is called straight away, without a shim: loaded here and asked for its version.</summary>
internal static unsafe class KeypointFileChecks
{
    private const string Feature = "keypoint files", Item = "HDF5", Package = "libhdf5-103-1", Library = "libhdf5_serial.so.103";
    private const string Purpose = "reads keypoint files in NWB and MATLAB 7.3; .csv and older .mat do without";

    public static IEnumerable<Check> Run(SystemPackages packages)
    {
        if (!NativeLibrary.TryLoad(Library, out var handle))
            return [new Check(Feature, Item, CheckState.Missing, $"{Library} cannot be loaded", Purpose, packages.InstallCommand(Package))];
        // NB: not unloaded again: it has handlers that run at the program's end.
        return Version(handle) is { } version
            ? [new Check(Feature, Item, CheckState.Ok, version, Purpose)]
            : [new Check(Feature, Item, CheckState.Missing, $"{Library} does not tell its version, so it is not what its name says", Purpose,
                packages.InstallCommand("--reinstall", Package))];
    }

    private static string? Version(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "H5get_libversion", out var function))
            return null;
        uint major = 0, minor = 0, release = 0;
        return ((delegate* unmanaged[Cdecl]<uint*, uint*, uint*, int>)function)(&major, &minor, &release) >= 0
            ? $"{major}.{minor}.{release}"
            : null;
    }
}
