using ClosedLoop.Core;
using ClosedLoop.Inference;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// The volumetric network of a model folder: images, intrinsics, distortion, rotation, translation, centre, and weights
/// where it has them, to positions and confidence (docs/models.md).
/// </summary>
public sealed class OnnxVolumetricNetwork : IVolumetricNetwork
{
    private readonly OnnxModel _model;
    private readonly TensorBuffer _images;
    private readonly TensorBuffer _intrinsics;
    private readonly TensorBuffer _distortion;
    private readonly TensorBuffer _rotation;
    private readonly TensorBuffer _translation;
    private readonly TensorBuffer _centre;
    private readonly TensorBuffer? _weights;
    private readonly TensorBuffer _positions;
    private readonly TensorBuffer _confidence;

    private OnnxVolumetricNetwork(OnnxModel model)
    {
        _model = model;
        (_images, _intrinsics, _distortion) = (model.Input("images"), model.Input("intrinsics"), model.Input("distortion"));
        (_rotation, _translation, _centre) = (model.Input("rotation"), model.Input("translation"), model.Input("centre"));
        _weights = model.Inputs.FirstOrDefault(input => input.Name == "weights");
        (_positions, _confidence) = (model.Output("positions"), model.Output("confidence"));
        var shape = _images.Shape;
        if (_images.Type != TensorType.UInt8 || shape.Length != 4 || shape[3] != 3)
            throw ClosedLoopException.Failed($"'images' of {model.Name} is not uint8 [views, height, width, 3]");
        (Views, Height, Width) = ((int)shape[0], (int)shape[1], (int)shape[2]);
        foreach (var (input, count) in new[] { (_intrinsics, 4 * Views), (_distortion, 5 * Views), (_rotation, 9 * Views), (_translation, 3 * Views), (_centre, 3) })
            if (input.Count != count || input.Type != TensorType.Float32)
                throw ClosedLoopException.Failed($"'{input.Name}' of {model.Name} does not hold {count} float32 numbers for {Views} views");
        if (_weights is { } weights && (weights.Count != Views || weights.Type != TensorType.Float32))
            throw ClosedLoopException.Failed($"'weights' of {model.Name} does not hold {Views} float32 numbers");
        KeypointCount = _confidence.Count;
        if (_positions.Count != 3 * KeypointCount)
            throw ClosedLoopException.Failed($"{model.Name} gives {_positions.Count} coordinates and {KeypointCount} confidences; a keypoint has three and one");
    }

    /// <inheritdoc/>
    public string Device => _model.Device.ToString();

    /// <inheritdoc/>
    public int Views { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public int KeypointCount { get; }

    /// <inheritdoc/>
    public Span<float> Intrinsics => _intrinsics.Values<float>();

    /// <inheritdoc/>
    public Span<float> Distortion => _distortion.Values<float>();

    /// <inheritdoc/>
    public Span<float> Rotation => _rotation.Values<float>();

    /// <inheritdoc/>
    public Span<float> Translation => _translation.Values<float>();

    /// <inheritdoc/>
    public Span<float> Centre => _centre.Values<float>();

    /// <inheritdoc/>
    public Span<float> Weights => _weights is { } weights ? weights.Values<float>() : [];

    /// <inheritdoc/>
    public ReadOnlySpan<float> Positions => _positions.Values<float>();

    /// <inheritdoc/>
    public ReadOnlySpan<float> Confidence => _confidence.Values<float>();

    /// <summary>Loads the network and proves it against its samples.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="file">The network's file in it.</param>
    /// <param name="views">The views that it is to look at.</param>
    /// <param name="options">Device and threads.</param>
    /// <exception cref="ClosedLoopException">The network is not what the manifest says, or is made for other views.</exception>
    public static OnnxVolumetricNetwork Load(ModelFolder folder, string file, EstimatorViews views, InferenceOptions options)
    {
        var (width, height) = VolumetricKeypointEstimator.SizeFor(views);
        var axes = new Dictionary<string, int>(options.Axes);
        var images = folder.Network(file).Tensors.Inputs.FirstOrDefault(tensor => tensor.Name == "images")
            ?? throw ClosedLoopException.Failed($"the network {file} of {folder.Path} has no input 'images'");
        foreach (var (axis, size) in images.Shape.Zip(new[] { views.Count, height, width }))
            if (axis is { Varies: true, Name: { } name })
                axes[name] = size;
        var model = folder.Load(file, options with { Axes = axes });
        try
        {
            var network = new OnnxVolumetricNetwork(model);
            return network.Views == views.Count
                ? network
                : throw ClosedLoopException.Usage($"{model.Name} is made for {network.Views} views and there are {views.Count}; name a model for so many");
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Span<byte> Image(int view) => _images.Values<byte>().Slice(view * Width * Height * 3, Width * Height * 3);

    /// <inheritdoc/>
    public void Run() => _model.Run();

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
