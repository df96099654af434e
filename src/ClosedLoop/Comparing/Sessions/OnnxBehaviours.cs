using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Inference;

namespace ClosedLoop.Comparing;

/// <summary>
/// Behaviours told by a network: a model folder of the kind <c>behaviours</c>. behaviours.onnx takes <c>features</c>, the
/// features of the movement in the order of a <see cref="FeatureLayout"/> (named one by one in the manifest's
/// preprocessing, <c>features</c>), and gives <c>scores</c>, one a behaviour (named in <c>behaviours</c>); the greatest is
/// taken. A network with a memory takes further inputs and gives each again as <c>next_</c> and its name.
/// </summary>
public sealed class OnnxBehaviours : IBehaviourClassifier, IDisposable
{
    /// <summary>The kind of model folder.</summary>
    public const string Kind = "behaviours";

    /// <summary>The network in it.</summary>
    public const string NetworkFile = "behaviours.onnx";

    private readonly OnnxModel _network;
    private readonly TensorBuffer _features, _scores;
    private readonly (TensorBuffer From, TensorBuffer To)[] _memory;
    private readonly int[] _places;

    private OnnxBehaviours(OnnxModel network, IReadOnlyList<string> names, int[] places)
    {
        (_network, Names, _places) = (network, names, places);
        (_features, _scores) = (network.Input("features"), network.Output("scores"));
        _memory = [.. network.Inputs.Where(input => input != _features).Select(input => (network.Output($"next_{input.Name}"), input))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Loads a model folder for rows of a layout.</summary>
    /// <exception cref="ClosedLoopException">It holds no such model, or one that asks for features that the layout lacks.</exception>
    public static OnnxBehaviours Load(string path, FeatureLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        var folder = ModelFolder.Open(path, Kind);
        var known = layout.Groups.Where(group => group.Kind == FeatureKind.Representational).SelectMany(group => group.FeatureNames.Select((name, i) => (name, place: group.Start + i))).ToDictionary(of => of.name, of => of.place);
        var (asked, names) = (Listed("features"), Listed("behaviours"));
        var places = asked.Select(name => known.TryGetValue(name, out var place)
            ? place
            : throw ClosedLoopException.Usage($"the model {folder.Path} asks for the feature '{name}', which the movement has not{Spelling.Suggest(name, known.Keys)}")).ToArray();
        var network = folder.Load(NetworkFile, new(InferenceDevice.Cpu));
        try
        {
            if (network.Input("features").Count != places.Length || network.Output("scores").Count != names.Length)
                throw ClosedLoopException.Usage($"the model {folder.Path} takes {network.Input("features").Count} features and gives {network.Output("scores").Count} scores, and its manifest names {places.Length} and {names.Length}");
            return new(network, names, places);
        }
        catch
        {
            network.Dispose();
            throw;
        }

        string[] Listed(string key) => folder.Manifest.Preprocessing is { } section && section.Has(key) && section.Texts(key) is { Length: > 0 } listed ? listed
            : throw ClosedLoopException.Usage($"the manifest of {folder.Path} does not list its {key} under preprocessing");
    }

    /// <inheritdoc/>
    public int Classify(FeatureRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!row.HasMovement)
            return -1;
        var features = _features.Values<float>();
        for (var i = 0; i < _places.Length; i++)
            features[i] = float.IsFinite(row.Values[_places[i]]) ? row.Values[_places[i]] : 0;
        _network.Run();
        foreach (var (from, to) in _memory)
            from.Bytes.CopyTo(to.Bytes);
        var scores = _scores.Values<float>();
        var best = 0;
        for (var k = 1; k < scores.Length; k++)
            if (scores[k] > scores[best])
                best = k;
        return best;
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}
