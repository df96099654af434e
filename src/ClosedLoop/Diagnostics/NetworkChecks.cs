using ClosedLoop.Core;
using ClosedLoop.Inference;

namespace ClosedLoop.Diagnostics;

/// <summary>
/// ONNX Runtime and what networks really run on: a tiny network is run on each device, because what was compiled in says
/// nothing about what loads.
/// </summary>
internal static class NetworkChecks
{
    private const string Feature = "networks";
    private const string Purpose = "runs the keypoint networks and policies";
    private const string CardPurpose = "runs large networks; without it they run on the processor";
    private const string Setup = "./closedloop setup";
    private const string SetupGpu = "./closedloop setup gpu";

    /// <summary>NVIDIA's packages by the library they bring, in its own package source for Debian and Ubuntu.</summary>
    private static readonly Dictionary<string, string> Packages = new()
    {
        ["libcudart.so.13"] = "cuda-cudart-13-0",
        ["libcublasLt.so.13"] = "libcublas-13-0",
        ["libcublas.so.13"] = "libcublas-13-0",
        ["libcurand.so.10"] = "libcurand-13-0",
        ["libcudnn.so.9"] = "libcudnn9-cuda-13",
        ["libnvinfer.so.10"] = "libnvinfer10",
        ["libnvonnxparser.so.10"] = "libnvonnxparsers10",
    };

    public static IEnumerable<Check> Run()
    {
        Check[] runtime;
        try
        {
            runtime = [Runtime(), Processor()];
        }
        catch (Exception exception) when (Failure.IsOfMachine(exception))
        {
            return [new Check(Feature, "ONNX Runtime", CheckState.Missing, Failure.Sentence(exception), Purpose, Setup, NeededForDemo: true)];
        }
        return runtime.Concat(Card());
    }

    private static Check Runtime() => new(Feature, "ONNX Runtime", CheckState.Ok,
        $"{OnnxRuntimeLibrary.Version}{(OnnxRuntimeLibrary.LoadedFrom is { } file ? $", {file}" : "")}", Purpose, NeededForDemo: true);

    private static Check Processor() => ProviderProbe.Try(InferenceDevice.Cpu) is { } fault
        ? new Check(Feature, "processor", CheckState.Missing, fault, Purpose, Setup, NeededForDemo: true)
        : new Check(Feature, "processor", CheckState.Ok, "a network runs on it", Purpose, NeededForDemo: true);

    private static IEnumerable<Check> Card()
    {
        if (!GpuLibraries.HasDriver)
        {
            yield return GpuLibraries.HasCard
                ? new Check(Feature, "NVIDIA driver", CheckState.Differs, $"a card, and no driver ({GpuLibraries.Driver})", CardPurpose,
                    "install the system's package of the NVIDIA driver (Debian: nvidia-driver; Ubuntu: ubuntu-drivers install), then: " + SetupGpu)
                : new Check(Feature, "graphics card", CheckState.Ok, "no NVIDIA card: networks run on the processor", CardPurpose);
            yield break;
        }
        var driver = GpuLibraries.DriverCudaVersion;
        yield return driver < GpuLibraries.CudaVersion
            ? new Check(Feature, "NVIDIA driver", CheckState.Differs, $"serves CUDA {Dotted(driver)}, and {Dotted(GpuLibraries.CudaVersion)} is needed", CardPurpose,
                "install a newer NVIDIA driver (580 or later)")
            : new Check(Feature, "NVIDIA driver", CheckState.Ok, $"serves CUDA {Dotted(driver)} (needed: {Dotted(GpuLibraries.CudaVersion)})", CardPurpose);
        var providers = GpuLibraries.Provider("cuda");
        yield return providers is null
            ? new Check(Feature, "CUDA provider", CheckState.Differs, "not installed", CardPurpose, SetupGpu)
            : new Check(Feature, "CUDA provider", CheckState.Ok, providers, CardPurpose);
        yield return Libraries("CUDA and cuDNN", GpuLibraries.Cuda, GpuLibraries.CudnnVersion is { } cudnn ? $"CUDA 13, cuDNN {cudnn / 10000}.{cudnn / 100 % 100}" : "CUDA 13, cuDNN 9");
        yield return Device("cuda", InferenceDevice.Cuda);
        yield return Libraries("TensorRT", GpuLibraries.TensorRt, "TensorRT 10");
        yield return Device("tensorrt", InferenceDevice.TensorRt);
    }

    private static Check Libraries(string item, IReadOnlyList<string> names, string found)
    {
        var missing = GpuLibraries.Missing(names);
        return missing.Count == 0
            ? new Check(Feature, item, CheckState.Ok, found, CardPurpose)
            : new Check(Feature, item, CheckState.Differs, $"not found: {string.Join(", ", missing)} (needed: {string.Join(", ", names)})", CardPurpose,
                $"apt-get install {string.Join(' ', missing.Select(name => Packages[name]).Distinct())} (from NVIDIA's package source), or CLOSEDLOOP_CUDA=FOLDER:FOLDER for libraries elsewhere");
    }

    private static Check Device(string item, InferenceDevice device) => ProviderProbe.Try(device) is { } fault
        ? new Check(Feature, item, CheckState.Differs, fault, CardPurpose)
        : new Check(Feature, item, CheckState.Ok, "a network runs on it", CardPurpose);

    private static string Dotted(int? version) => version is { } known ? $"{known / 1000}.{known % 1000 / 10}" : "of an unknown version";
}
