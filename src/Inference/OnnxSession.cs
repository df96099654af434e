using ClosedLoop.Core;
using Microsoft.ML.OnnxRuntime;

namespace ClosedLoop.Inference;

/// <summary>Makes ONNX Runtime's session of one network on the device that was asked for, or says why not.</summary>
internal static class OnnxSession
{
    private const string OffersOfDevice = "ask for '--device cpu', or for 'auto', which takes what there is";

    /// <summary>What a network says of itself: its names, types and shapes before any size is fixed.</summary>
    /// <param name="file">What errors call the network.</param>
    /// <param name="bytes">The network.</param>
    /// <exception cref="ClosedLoopException">It is not a network, or not one for us.</exception>
    public static NetworkSpecification Describe(string file, byte[] bytes)
    {
        OnnxRuntimeLibrary.Use();
        // NB: a session of its own on the processor: one with sizes fixed tells the fixed sizes, and a network that is
        // broken must not pass for a card that is not there.
        using var session = Start(file, bytes, new InferenceOptions(InferenceDevice.Cpu), InferenceDevice.Cpu, GraphOptimizationLevel.ORT_DISABLE_ALL);
        return new(
            [.. session.InputNames.Select(name => Describe(name, session.InputMetadata[name], file))],
            [.. session.OutputNames.Select(name => Describe(name, session.OutputMetadata[name], file))]);
    }

    /// <summary>The session, and what it really runs on.</summary>
    /// <param name="file">What errors call the network.</param>
    /// <param name="bytes">The network.</param>
    /// <param name="options">The device, threads and sizes.</param>
    /// <exception cref="ClosedLoopException">The network is broken, or the device cannot be had and nothing else was allowed.</exception>
    public static (InferenceSession Session, DeviceReport Device) Create(string file, byte[] bytes, InferenceOptions options)
    {
        OnnxRuntimeLibrary.Use();
        var asked = options.Device;
        if (asked == InferenceDevice.Cpu)
            return (Start(file, bytes, options, asked), new DeviceReport(asked, asked, null));

        var wanted = asked == InferenceDevice.Auto ? InferenceDevice.Cuda : asked;
        var obstacle = ExecutionProviders.Obstacle(wanted);
        if (obstacle is null)
        {
            try
            {
                var session = Start(file, bytes, options, wanted);
                if (UsesCard(session))
                    return (session, new DeviceReport(asked, wanted, null));
                session.Dispose();
                obstacle = "the card takes none of this network";
            }
            catch (ClosedLoopException exception)
            {
                obstacle = $"{wanted.Word()} does not start: {exception.Message}";
            }
        }
        if (asked != InferenceDevice.Auto && !options.CpuFallback)
            throw ClosedLoopException.Failed($"{file} was to run on '{asked.Word()}', and that cannot be had: {obstacle}; mend that, or {OffersOfDevice}");
        return (Start(file, bytes, options, InferenceDevice.Cpu), new DeviceReport(asked, InferenceDevice.Cpu, obstacle));
    }

    private static InferenceSession Start(string file, byte[] bytes, InferenceOptions options, InferenceDevice device,
        GraphOptimizationLevel optimisation = GraphOptimizationLevel.ORT_ENABLE_ALL)
    {
        try
        {
            using var session = new SessionOptions
            {
                GraphOptimizationLevel = optimisation,
                ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
                IntraOpNumThreads = options.Threads,
                InterOpNumThreads = 1,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            };
            session.AddSessionConfigEntry("session.intra_op.allow_spinning", options.Spin ? "1" : "0");
            session.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
            foreach (var (axis, size) in options.Axes)
                session.AddFreeDimensionOverrideByName(axis, size);
            if (device != InferenceDevice.Cpu)
                ExecutionProviders.Append(session, device, options.CudaDeviceId);
            return new InferenceSession(bytes, session);
        }
        catch (Exception exception) when (OnnxFailures.IsKnown(exception))
        {
            throw device == InferenceDevice.Cpu
                ? ClosedLoopException.Failed($"{file} is not a network that ONNX Runtime {OnnxRuntimeLibrary.Version} can read ({OnnxFailures.Message(exception)}); export it anew, or copy it again", exception)
                : ClosedLoopException.Failed(OnnxFailures.Message(exception), exception);
        }
    }

    private static TensorSpecification Describe(string name, NodeMetadata node, string file)
    {
        if (!node.IsTensor)
            throw ClosedLoopException.Failed($"{file}: '{name}' is not a tensor; networks for ClosedLoop take and give tensors alone, so export it without sequences and maps");
        var type = TensorTypes.FromOnnx(node.ElementDataType, name, file);
        return new(name, type, [.. node.Dimensions.Select((size, i) => new TensorAxis(size, size < 0 ? node.SymbolicDimensions[i] : null))]);
    }

    /// <summary>Whether anything that goes in or comes out is computed on the card: a provider may load and take no node.</summary>
    private static bool UsesCard(InferenceSession session)
    {
        using var inputs = session.GetMemoryInfosForInputs();
        using var outputs = session.GetMemoryInfosForOutputs();
        return inputs.Concat(outputs).Any(memory => !memory.Name.StartsWith("Cpu", StringComparison.OrdinalIgnoreCase));
    }
}
