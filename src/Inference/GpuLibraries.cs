using System.Runtime.InteropServices;

namespace ClosedLoop.Inference;

/// <summary>
/// What CUDA and TensorRT need on this machine, and whether it loads: the driver, ONNX Runtime's providers
/// (<c>./closedloop setup gpu</c>), NVIDIA's libraries. Each library is really loaded; nothing is concluded from its name.
/// </summary>
public static class GpuLibraries
{
    /// <summary>The driver's library, which comes with the kernel module and not with us.</summary>
    public const string Driver = "libcuda.so.1";

    /// <summary>The version of CUDA that ONNX Runtime 1.29's provider is built for, as the driver counts: 13.0.</summary>
    public const int CudaVersion = 13000;

    /// <summary>What that provider is linked against, and cuDNN 9, which it loads at its first convolution.</summary>
    public static IReadOnlyList<string> Cuda { get; } =
        ["libcudart.so.13", "libcublasLt.so.13", "libcublas.so.13", "libcurand.so.10", "libcudnn.so.9"];

    /// <summary>What the TensorRT provider needs besides.</summary>
    public static IReadOnlyList<string> TensorRt { get; } = ["libnvinfer.so.10", "libnvonnxparser.so.10"];

    /// <summary>Whether there is an NVIDIA driver.</summary>
    public static bool HasDriver => Loads(Driver);

    /// <summary>Whether there is an NVIDIA card, with a driver or without.</summary>
    public static bool HasCard
    {
        get
        {
            try
            {
                return Directory.EnumerateDirectories("/sys/bus/pci/devices").Any(device =>
                    File.ReadAllText(Path.Combine(device, "vendor")).Trim() == "0x10de"
                    && File.ReadAllText(Path.Combine(device, "class")).StartsWith("0x03", StringComparison.Ordinal));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <summary>The newest CUDA the driver can serve, 13000 for 13.0; null where there is no driver, or it does not say.</summary>
    public static unsafe int? DriverCudaVersion
    {
        get
        {
            if (!NativeLibrary.TryLoad(Driver, out var handle) || !NativeLibrary.TryGetExport(handle, "cuDriverGetVersion", out var function))
                return null;
            int version;
            return ((delegate* unmanaged<int*, int>)function)(&version) == 0 ? version : null;
        }
    }

    /// <summary>cuDNN's version, 90100 for 9.1.0; null where it does not load.</summary>
    public static unsafe long? CudnnVersion =>
        Load("libcudnn.so.9") is var handle and not 0 && NativeLibrary.TryGetExport(handle, "cudnnGetVersion", out var function)
            ? (long)((delegate* unmanaged<nuint>)function)()
            : null;

    /// <summary>The provider's file beside ONNX Runtime's library, or null where it is not installed.</summary>
    /// <param name="provider"><c>cuda</c>, <c>tensorrt</c> or <c>shared</c>.</param>
    public static string? Provider(string provider)
    {
        var file = Path.Combine(OnnxRuntimeLibrary.Folder ?? AppContext.BaseDirectory, $"libonnxruntime_providers_{provider}.so");
        return File.Exists(file) ? file : null;
    }

    /// <summary>Those of the named libraries that this machine cannot load.</summary>
    public static IReadOnlyList<string> Missing(IEnumerable<string> names) => [.. names.Where(name => !Loads(name))];

    /// <summary>
    /// Loads NVIDIA's libraries from the folders where they were put by hand (CLOSEDLOOP_CUDA, colon-separated), so that the
    /// provider finds them without LD_LIBRARY_PATH.
    /// </summary>
    internal static void Preload()
    {
        foreach (var name in Cuda.Concat(TensorRt))
            Loads(name);
    }

    private static bool Loads(string name) => Load(name) != 0;

    private static nint Load(string name)
    {
        // NB: what is loaded stays: a library that a provider has taken threads from cannot be unloaded safely.
        if (NativeLibrary.TryLoad(name, out var handle))
            return handle;
        foreach (var folder in Folders())
        {
            if (NativeLibrary.TryLoad(Path.Combine(folder, name), out handle))
                return handle;
        }
        return 0;
    }

    private static IEnumerable<string> Folders() =>
        (Environment.GetEnvironmentVariable("CLOSEDLOOP_CUDA") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/local/cuda/lib64");
}
