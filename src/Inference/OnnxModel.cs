using System.Globalization;
using ClosedLoop.Core;
using Microsoft.ML.OnnxRuntime;

namespace ClosedLoop.Inference;

/// <summary>
/// One network, ready to run: write its inputs in place, <see cref="Run"/>, read its outputs in place. All shapes are
/// fixed when it is made; a run allocates nothing. Same input, same output, bit for bit, on one machine and build.
/// Not for several threads at once: each thread makes its own.
/// </summary>
public sealed class OnnxModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly OrtIoBinding _binding;
    private readonly List<OrtValue> _values = [];
    private readonly TensorBuffer[] _inputs;
    private readonly TensorBuffer[] _outputs;
    private bool _disposed;

    /// <summary>Makes a session of a network and binds its memory.</summary>
    /// <param name="file">The network's file; errors name it.</param>
    /// <param name="options">Device, threads, and the sizes of variable axes.</param>
    /// <exception cref="ClosedLoopException">There is no such file, it is not a network, or the device cannot be had.</exception>
    public OnnxModel(string file, InferenceOptions options)
        : this(file, Read(file), options)
    {
    }

    /// <summary>Makes a session of a network in memory and binds its memory.</summary>
    /// <param name="name">What errors call it.</param>
    /// <param name="network">The network, as in its file.</param>
    /// <param name="options">Device, threads, and the sizes of variable axes.</param>
    /// <exception cref="ClosedLoopException">It is not a network, or the device cannot be had.</exception>
    public OnnxModel(string name, byte[] network, InferenceOptions options)
        : this(name, network, OnnxSession.Describe(name, network), options)
    {
    }

    internal OnnxModel(string name, byte[] network, NetworkSpecification specification, InferenceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (Name, Specification) = (name, specification);
        CheckAxes(options);
        (_session, Device) = OnnxSession.Create(name, network, options);
        (_inputs, _outputs) = ([], []);
        try
        {
            _binding = _session.CreateIoBinding();
            _inputs = [.. Specification.Inputs.Select(input => new TensorBuffer(input.Name, input.Type, Sizes(input, options)))];
            foreach (var input in _inputs)
                _binding.BindInput(input.Name, Keep(input));
            // Shapes of outputs that the network leaves open are those that it makes of zeros.
            _outputs = [.. OutputShapes().Select(shaped => new TensorBuffer(shaped.Output.Name, shaped.Output.Type, shaped.Shape))];
            foreach (var output in _outputs)
                _binding.BindOutput(output.Name, Keep(output));
            for (var run = 0; run < options.WarmUpRuns; run++)
                Run();
        }
        catch (Exception exception)
        {
            Dispose();
            if (OnnxFailures.IsKnown(exception))
                throw OnnxFailures.Explain($"{Name} cannot run", exception);
            throw;
        }
    }

    /// <summary>What errors call it.</summary>
    public string Name { get; }

    /// <summary>What it really runs on.</summary>
    public DeviceReport Device { get; }

    /// <summary>What the network says of itself; variable axes are still variable here.</summary>
    public NetworkSpecification Specification { get; }

    /// <summary>The inputs, in the network's order.</summary>
    public IReadOnlyList<TensorBuffer> Inputs => _inputs;

    /// <summary>The outputs, in the network's order.</summary>
    public IReadOnlyList<TensorBuffer> Outputs => _outputs;

    /// <summary>The input of this name; take it once, not every frame.</summary>
    /// <exception cref="ClosedLoopException">There is none.</exception>
    public TensorBuffer Input(string name) => Find(_inputs, "input", name);

    /// <summary>The output of this name; take it once, not every frame.</summary>
    /// <exception cref="ClosedLoopException">There is none.</exception>
    public TensorBuffer Output(string name) => Find(_outputs, "output", name);

    /// <summary>Computes the outputs from the inputs. Allocates nothing.</summary>
    /// <exception cref="ClosedLoopException">The network cannot be computed; the sentence names it.</exception>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            _session.RunWithBinding(_runOptions, _binding);
        }
        catch (OnnxRuntimeException exception)
        {
            throw OnnxFailures.Explain($"{Name} failed", exception);
        }
    }

    /// <summary>Frees the session and its memory.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _binding?.Dispose();
        foreach (var value in _values)
            value.Dispose();
        foreach (var buffer in _inputs.Concat(_outputs))
            buffer.Dispose();
        _runOptions.Dispose();
        _session.Dispose();
    }

    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the network {file} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Refuses a size for an axis that no input has: it would silently do nothing.</summary>
    private void CheckAxes(InferenceOptions options)
    {
        var open = Specification.Inputs.SelectMany(input => input.Shape).Where(axis => axis is { Varies: true, Name.Length: > 0 }).Select(axis => axis.Name!).Distinct().ToArray();
        foreach (var (axis, size) in options.Axes)
        {
            if (!open.Contains(axis))
                throw ClosedLoopException.Usage($"{Name} has no variable axis '{axis}'{Spelling.Suggest(axis, open)}; {(open.Length == 0 ? "all its sizes are fixed" : $"it has: {string.Join(", ", open)}")}");
            if (size < 1)
                throw ClosedLoopException.Usage($"{Name}: the axis '{axis}' was given the size {size}; it must be at least 1");
        }
    }

    private static long[] Sizes(TensorSpecification input, InferenceOptions options) =>
        [.. input.Shape.Select(axis => !axis.Varies ? axis.Size : options.Axes.GetValueOrDefault(axis.Name ?? "", 1))];

    private IEnumerable<(TensorSpecification Output, long[] Shape)> OutputShapes()
    {
        using var results = _session.Run(_runOptions, _inputs.Select(input => input.Name).ToArray(), _values,
            Specification.Outputs.Select(output => output.Name).ToArray());
        var shapes = results.Select(result => result.GetTensorTypeAndShape().Shape).ToArray();
        return Specification.Outputs.Zip(shapes);
    }

    private OrtValue Keep(TensorBuffer buffer)
    {
        var value = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, buffer.Type.ToOnnx(), buffer.ShapeArray, buffer.Address, buffer.ByteCount);
        _values.Add(value);
        return value;
    }

    private TensorBuffer Find(TensorBuffer[] buffers, string what, string name)
    {
        foreach (var buffer in buffers)
        {
            if (string.Equals(buffer.Name, name, StringComparison.Ordinal))
                return buffer;
        }
        var names = buffers.Select(buffer => buffer.Name).ToArray();
        throw ClosedLoopException.Failed(string.Create(CultureInfo.InvariantCulture,
            $"{Name} has no {what} '{name}'{Spelling.Suggest(name, names)}; it has: {string.Join(", ", names)}"));
    }
}
