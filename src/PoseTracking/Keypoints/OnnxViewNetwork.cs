using ClosedLoop.Core;
using ClosedLoop.Inference;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// A network of a model folder that takes (views, 3, height, width) and gives (views, maps..., height, width). Where
/// there are several workers the views are divided over as many copies of it, which run at the same time: on a
/// processor that is quicker than dividing each of its layers.
/// </summary>
public sealed class OnnxViewNetwork : IViewNetwork
{
    private readonly OnnxModel[] _parts;
    private readonly TensorBuffer[] _inputs;
    private readonly TensorBuffer[] _outputs;
    private readonly int[] _first;
    private readonly WorkerTeam _workers;
    private readonly Action<int> _run;

    private OnnxViewNetwork(OnnxModel[] parts, int[] first, int views, string input, string output, WorkerTeam workers)
    {
        (_parts, _first, _workers, Views) = (parts, first, workers, views);
        _inputs = [.. parts.Select(part => part.Input(input))];
        _outputs = [.. parts.Select(part => part.Output(output))];
        var taken = _inputs[0].Shape;
        if (taken.Length != 4 || taken[1] != 3 || _inputs[0].Type != TensorType.Float32)
            throw ClosedLoopException.Failed($"'{input}' of {parts[0].Name} is not float32 [views, 3, height, width]");
        (InputHeight, InputWidth) = ((int)taken[2], (int)taken[3]);
        var given = _outputs[0].Shape;
        if (given.Length is not (3 or 4) || given[0] != taken[0] || _outputs[0].Type != TensorType.Float32)
            throw ClosedLoopException.Failed($"'{output}' of {parts[0].Name} is not float32 [views, maps, height, width]");
        Maps = given.Length == 4 ? (int)given[1] : 1;
        (MapHeight, MapWidth) = ((int)given[^2], (int)given[^1]);
        _run = part => _parts[part].Run();
    }

    /// <inheritdoc/>
    public string Device => _parts[0].Device.ToString();

    /// <inheritdoc/>
    public int Views { get; }

    /// <inheritdoc/>
    public int InputWidth { get; }

    /// <inheritdoc/>
    public int InputHeight { get; }

    /// <inheritdoc/>
    public int Maps { get; }

    /// <inheritdoc/>
    public int MapWidth { get; }

    /// <inheritdoc/>
    public int MapHeight { get; }

    /// <summary>Loads a network and proves it against its samples.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="file">The network's file in it.</param>
    /// <param name="input">Its input.</param>
    /// <param name="output">Its output.</param>
    /// <param name="views">How many views there are.</param>
    /// <param name="options">Device and threads.</param>
    /// <param name="workers">Threads to divide views over; they outlive the network.</param>
    /// <exception cref="ClosedLoopException">The network is not what the manifest says, or has other inputs and outputs.</exception>
    public static OnnxViewNetwork Load(ModelFolder folder, string file, string input, string output, int views, InferenceOptions options, WorkerTeam workers)
    {
        var axis = folder.Network(file).Tensors.Inputs.FirstOrDefault(tensor => tensor.Name == input)?.Shape[0] ?? default;
        var network = Load(folder, file, input, output, views, axis.Name, 1, options, workers);
        var parts = Math.Min(workers.Count, views);
        // A graphics card takes all views at once, and so does a network that is made for so many.
        if (parts == 1 || axis is not { Varies: true, Name: not null } || network._parts[0].Device.Running != InferenceDevice.Cpu)
            return network;
        network.Dispose();
        return Load(folder, file, input, output, views, axis.Name, parts, options, workers);
    }

    /// <inheritdoc/>
    public Span<float> Input(int view)
    {
        var part = PartOf(view);
        var size = 3 * InputWidth * InputHeight;
        return _inputs[part].Values<float>().Slice((view - _first[part]) * size, size);
    }

    /// <inheritdoc/>
    public void Run() => _workers.For(_run, _parts.Length);

    /// <inheritdoc/>
    public ReadOnlySpan<float> Output(int view)
    {
        var part = PartOf(view);
        var size = Maps * MapWidth * MapHeight;
        return _outputs[part].Values<float>().Slice((view - _first[part]) * size, size);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in _parts)
            part.Dispose();
    }

    private static OnnxViewNetwork Load(
        ModelFolder folder, string file, string input, string output, int views, string? axis, int count, InferenceOptions options, WorkerTeam workers)
    {
        var parts = new List<OnnxModel>();
        var first = new List<int>();
        try
        {
            for (var part = 0; part < count; part++)
            {
                var (from, to) = (part * views / count, (part + 1) * views / count);
                first.Add(from);
                parts.Add(folder.Load(file, axis is null ? options : options with { Axes = With(options.Axes, axis, to - from) }));
            }
            var network = new OnnxViewNetwork([.. parts], [.. first], views, input, output, workers);
            var total = network._inputs.Sum(buffer => (int)buffer.Shape[0]);
            return total == views
                ? network
                : throw ClosedLoopException.Usage($"{parts[0].Name} is made for {total} views and there are {views}; name a model for so many, or leave cameras out");
        }
        catch
        {
            foreach (var part in parts)
                part.Dispose();
            throw;
        }
    }

    private static Dictionary<string, int> With(IReadOnlyDictionary<string, int> axes, string name, int size) => new(axes) { [name] = size };

    private int PartOf(int view)
    {
        var part = _first.Length - 1;
        while (_first[part] > view)
            part--;
        return part;
    }
}
