using ClosedLoop.Core;
using ClosedLoop.Inference;

namespace ClosedLoop.PoseTracking;

/// <summary>The pose network of a model folder: found, covariance and seen to positions and sigma (docs/models.md).</summary>
public sealed class OnnxPoseNetwork : IPoseNetwork
{
    private readonly OnnxModel _model;
    private readonly TensorBuffer _found;
    private readonly TensorBuffer _covariance;
    private readonly TensorBuffer _seen;
    private readonly TensorBuffer _positions;
    private readonly TensorBuffer _sigma;

    private OnnxPoseNetwork(OnnxModel model)
    {
        _model = model;
        (_found, _covariance, _seen) = (model.Input("found"), model.Input("covariance"), model.Input("seen"));
        (_positions, _sigma) = (model.Output("positions"), model.Output("sigma"));
        KeypointCount = _seen.Count;
        foreach (var (tensor, each) in new[] { (_found, 3), (_covariance, 9), (_seen, 1), (_positions, 3), (_sigma, 1) })
            if (tensor.Count != each * KeypointCount || tensor.Type != TensorType.Float32)
                throw ClosedLoopException.Failed($"'{tensor.Name}' of {model.Name} does not hold {each} float32 numbers for each of {KeypointCount} keypoints");
    }

    /// <inheritdoc/>
    public int KeypointCount { get; }

    /// <inheritdoc/>
    public Span<float> Found => _found.Values<float>();

    /// <inheritdoc/>
    public Span<float> Covariance => _covariance.Values<float>();

    /// <inheritdoc/>
    public Span<float> Seen => _seen.Values<float>();

    /// <inheritdoc/>
    public ReadOnlySpan<float> Positions => _positions.Values<float>();

    /// <inheritdoc/>
    public ReadOnlySpan<float> SigmaM => _sigma.Values<float>();

    /// <summary>Loads the network and proves it against its samples. It is small, and runs on the processor whatever the others run on.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="file">The network's file in it.</param>
    /// <exception cref="ClosedLoopException">The network is not what the manifest says.</exception>
    public static OnnxPoseNetwork Load(ModelFolder folder, string file)
    {
        var model = folder.Load(file, new(InferenceDevice.Cpu));
        try
        {
            return new(model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Run() => _model.Run();

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
