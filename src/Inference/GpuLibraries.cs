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

    /// <summary>What ONNX Runtime 1.29's CUDA provider is linked against: CUDA 13 and cuDNN 9.</summary>
    public static IReadOnlyList<string> Cuda { get; } =
        ["libcudart.so.13", "libcublasLt.so.13", "libcublas.so.13", "libcurand.so.10", "libcufft.so.12", "libnvrtc.so.13", "libcudnn.so.9"];

    /// <summary>What the TensorRT provider needs besides.</summary>
    public static IReadOnlyList<string> TensorRt { get; } = ["libnvinfer.so.10", "libnvonnxparser.so.10"];

    /// <summary>Whether there is an NVIDIA driver.</summary>
    public static bool HasDriver => Loads(Driver);

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

    private static bool Loads(string name)
    {
        // NB: what is loaded stays: a library that a provider has taken threads from cannot be unloaded safely.
        if (NativeLibrary.TryLoad(name, out _))
            return true;
        foreach (var folder in Folders())
        {
            if (NativeLibrary.TryLoad(Path.Combine(folder, name), out _))
                return true;
        }
        return false;
    }

    private static IEnumerable<string> Folders() =>
        (Environment.GetEnvironmentVariable("CLOSEDLOOP_CUDA") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/local/cuda/lib64");
}
