using ClosedLoop.Core;
using Microsoft.ML.OnnxRuntime;

namespace ClosedLoop.Inference;

/// <summary>Puts a device's provider into a session's options, or says why it cannot be had.</summary>
internal static class ExecutionProviders
{
    private const string Cuda = "CUDAExecutionProvider", TensorRt = "TensorrtExecutionProvider";

    /// <summary>Why the device cannot be had here; null where nothing is known to speak against it. Costs next to nothing.</summary>
    public static string? Obstacle(InferenceDevice device)
    {
        if (device == InferenceDevice.Cpu)
            return null;
        if (!GpuLibraries.HasDriver)
            return $"this machine has no NVIDIA driver ({GpuLibraries.Driver})";
        if (GpuLibraries.DriverCudaVersion is < GpuLibraries.CudaVersion and var old)
            return $"the NVIDIA driver is too old: it serves CUDA {old / 1000}.{old % 1000 / 10}, and {GpuLibraries.CudaVersion / 1000}.0 is needed";
        if (!OnnxRuntimeLibrary.CompiledProviders.Contains(device == InferenceDevice.TensorRt ? TensorRt : Cuda))
            return $"this ONNX Runtime ({OnnxRuntimeLibrary.LoadedFrom ?? "beside the program"}) was built without it";
        string[] providers = device == InferenceDevice.TensorRt ? ["shared", "cuda", "tensorrt"] : ["shared", "cuda"];
        if (Array.Find(providers, provider => GpuLibraries.Provider(provider) is null) is not null)
            return "ONNX Runtime's GPU libraries are not installed: ./closedloop setup gpu";
        var missing = GpuLibraries.Missing(device == InferenceDevice.TensorRt ? GpuLibraries.Cuda.Concat(GpuLibraries.TensorRt) : GpuLibraries.Cuda);
        return missing.Count > 0
            ? $"NVIDIA's libraries do not load: {string.Join(", ", missing)} ('./closedloop doctor' says what is needed)"
            : null;
    }

    /// <summary>Adds the provider of a device that is not the processor.</summary>
    /// <exception cref="OnnxRuntimeException">It does not load.</exception>
    public static void Append(SessionOptions session, InferenceDevice device, int cudaDeviceId)
    {
        GpuLibraries.Preload();
        var id = cudaDeviceId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (device == InferenceDevice.TensorRt)
        {
            using var options = new OrtTensorRTProviderOptions();
            // NB: building an engine takes minutes; it is kept for the next start, per network and card.
            options.UpdateOptions(new()
            {
                ["device_id"] = id,
                ["trt_engine_cache_enable"] = "1",
                ["trt_engine_cache_path"] = EngineCache(),
            });
            session.AppendExecutionProvider_Tensorrt(options);
        }
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(new()
        {
            ["device_id"] = id,
            // NB: the exhaustive search of algorithms times them, so that another start may compute otherwise.
            ["cudnn_conv_algo_search"] = "HEURISTIC",
            // Ten bits of mantissa would not meet the stored samples.
            ["use_tf32"] = "0",
        });
        session.AppendExecutionProvider_CUDA(cuda);
    }

    private static string EngineCache() => Directory.CreateDirectory(Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "closedloop", "tensorrt")).FullName;
}
