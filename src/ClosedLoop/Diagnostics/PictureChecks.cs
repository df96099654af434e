using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Diagnostics;

/// <summary>Our shims over OpenCV and Ceres: whether they are built and load, and with which OpenCV.</summary>
internal static unsafe class PictureChecks
{
    private const string Rebuild = "rm -rf .build/native && ./closedloop demo";

    public static IEnumerable<Check> Run(SystemPackages packages) =>
    [
        Shim("videos", "OpenCV", "closedloop_opencv", "reads videos and cameras", neededForDemo: true, packages,
            "libopencv-videoio-dev", "libopencv-imgcodecs-dev"),
        Shim("calibration", "OpenCV and Ceres", "closedloop_calibration", "calibrates cameras", neededForDemo: false, packages,
            "libopencv-calib3d-dev", "libopencv-contrib-dev", "libceres-dev"),
    ];

    private static Check Shim(string feature, string item, string name, string purpose, bool neededForDemo, SystemPackages packages, params string[] needs)
    {
        var file = NativeFolders.Candidates().Select(folder => Path.Combine(folder, $"lib{name}.so")).FirstOrDefault(File.Exists);
        // NB: not unloaded again: OpenCV's own libraries have handlers that run at the program's end.
        if (file is not null && NativeLibrary.TryLoad(file, out var library) && NativeLibrary.TryGetExport(library, "cl_cv_version", out var function))
        {
            var version = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)function)());
            return new Check(feature, item, CheckState.Ok, $"OpenCV {version}", purpose, NeededForDemo: neededForDemo);
        }
        var lacking = packages.Lacks([.. needs, "cmake", "make", "g++"]);
        return new Check(feature, item, CheckState.Missing,
            file is null ? $"lib{name}.so has not been built" : $"{file} cannot be loaded, most likely because a library it needs is missing or of another version",
            purpose, lacking.Length > 0 ? $"{packages.InstallCommand(lacking)} && {Rebuild}" : Rebuild, neededForDemo);
    }
}
