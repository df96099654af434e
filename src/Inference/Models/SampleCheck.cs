using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Inference;

/// <summary>Runs a network's stored samples and compares what comes out with what is stored.</summary>
internal static class SampleCheck
{
    /// <summary>Refuses a network that misses a sample. Samples of other sizes than the model's are run in a session of their own.</summary>
    public static void Run(string folder, NetworkManifest network, OnnxModel model, Func<IReadOnlyDictionary<string, int>, OnnxModel> make)
    {
        for (var i = 0; i < network.Samples.Count; i++)
        {
            var sample = network.Samples[i];
            if (sample.Inputs.All(tensor => model.Input(tensor.Name).Shape.SequenceEqual(tensor.Shape.ToArray())))
            {
                Run(folder, network, i, model);
                continue;
            }
            using var other = make(AxesOf(sample, network.Tensors.Inputs));
            Run(folder, network, i, other);
        }
    }

    private static void Run(string folder, NetworkManifest network, int index, OnnxModel model)
    {
        var sample = network.Samples[index];
        foreach (var tensor in sample.Inputs)
            Read(folder, tensor, model.Input(tensor.Name)).CopyTo(model.Input(tensor.Name).Bytes);
        model.Run();
        foreach (var tensor in sample.Outputs)
        {
            var output = model.Output(tensor.Name);
            var stored = Read(folder, tensor, output);
            var (worst, expected, found) = (0.0, 0.0, 0.0);
            for (var i = 0; i < output.Count; i++)
            {
                var (e, f) = (Value(stored, output.Type, i), Value(output.Bytes, output.Type, i));
                var difference = Math.Abs(e - f);
                // NB: a value that is not a number differs from everything, itself included.
                if (double.IsNaN(difference) || difference > worst)
                    (worst, expected, found) = (difference, e, f);
                if (double.IsNaN(worst))
                    break;
            }
            if (!(worst <= sample.Tolerance))
            {
                throw ClosedLoopException.Failed(
                    $"{model.Name} misses its stored sample {index + 1} on {model.Device.Running.Word()}: '{tensor.Name}' holds {found:G6} where {expected:G6} is stored (tolerance {sample.Tolerance:G3}); it would track wrongly, so copy the whole folder again, or export it anew");
            }
        }
    }

    /// <summary>The sizes that a sample gives the variable axes.</summary>
    private static Dictionary<string, int> AxesOf(NetworkSample sample, IReadOnlyList<TensorSpecification> inputs)
    {
        var axes = new Dictionary<string, int>();
        foreach (var tensor in sample.Inputs)
        {
            var shape = inputs.First(input => input.Name == tensor.Name).Shape;
            for (var i = 0; i < shape.Count; i++)
            {
                if (shape[i] is { Varies: true, Name: { } name })
                    axes[name] = (int)tensor.Shape[i];
            }
        }
        return axes;
    }

    private static byte[] Read(string folder, SampleTensor tensor, TensorBuffer buffer)
    {
        var file = System.IO.Path.Combine(folder, tensor.File);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the stored sample {file} cannot be read ({exception.Message}); copy the whole folder again", exception);
        }
        if (!buffer.Shape.SequenceEqual(tensor.Shape.ToArray()))
            throw ClosedLoopException.Failed($"the stored sample {file} has the shape {TensorSpecification.Text(tensor.Shape)}, and '{tensor.Name}' has {TensorSpecification.Text(buffer.Shape.ToArray())}; export the model anew");
        return bytes.Length == buffer.ByteCount
            ? bytes
            : throw ClosedLoopException.Failed($"the stored sample {file} has {bytes.Length} bytes, expected {buffer.ByteCount} for {buffer.Type.Word()} {TensorSpecification.Text(tensor.Shape)}; copy the whole folder again");
    }

    private static double Value(ReadOnlySpan<byte> bytes, TensorType type, int index) => type switch
    {
        TensorType.Float32 => MemoryMarshal.Cast<byte, float>(bytes)[index],
        TensorType.UInt8 => bytes[index],
        TensorType.Int64 => MemoryMarshal.Cast<byte, long>(bytes)[index],
        _ => (double)MemoryMarshal.Cast<byte, Half>(bytes)[index],
    };
}
