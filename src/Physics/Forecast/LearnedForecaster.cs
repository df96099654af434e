using ClosedLoop.Core;
using ClosedLoop.Inference;

namespace ClosedLoop.Physics;

/// <summary>
/// Forecasts with a network that has learnt how rats move on (training/train_forecast.py): a model folder of the kind
/// <c>forecast</c>, whose forecast.onnx takes what <see cref="ForecastLayout"/> says.
/// </summary>
public sealed class LearnedForecaster : IPoseForecaster
{
    /// <summary>The kind of model folder.</summary>
    public const string Kind = "forecast";

    private readonly PoseHistory _history;
    private readonly ForecastLayout _layout;
    private readonly OnnxModel _network;
    private readonly TensorBuffer _seen, _said;

    /// <summary>Loads a forecaster for a body.</summary>
    /// <param name="body">The body, at the animal's size; stays the caller's.</param>
    /// <param name="folder">The model folder.</param>
    /// <param name="controlPeriodS">Seconds between two poses.</param>
    /// <exception cref="ClosedLoopException">The folder holds no forecaster, or one for another body or rate.</exception>
    public LearnedForecaster(BodyModel body, ModelFolder folder, double controlPeriodS)
    {
        if (folder.Manifest.Kind != Kind)
            throw ClosedLoopException.Usage($"the model {folder.Path} is of the kind '{folder.Manifest.Kind}', and one of the kind '{Kind}' is needed to forecast poses; name another folder");
        folder.RequireBody(body.Description.PhysicsSha256());
        var section = folder.Manifest.Preprocessing
            ?? throw ClosedLoopException.Usage($"the manifest of {folder.Path} has no section 'preprocessing', which says what a forecaster sees; export it again with training/train_forecast.py");
        section.Allow("history", "frames_ahead", "rate_hz");
        var (history, rateHz) = (section.Integer("history", 1, 50), section.Number("rate_hz", 1, 1000));
        LongestAhead = section.Integer("frames_ahead", 1, 50);
        if (!IsRate(rateHz, controlPeriodS))
            throw ClosedLoopException.Usage($"the forecaster {folder.Path} knows poses at {rateHz:G6} Hz, and {1 / controlPeriodS:G6} Hz were asked for; use the forecaster 'velocity', or train one for this rate");
        (Name, _history, _layout) = (folder.Name, new(body.Model.Nq, history + 1), new(body, history));
        NetworkSha256 = folder.Network("forecast.onnx").Sha256;
        // NB: a network as small as this is slower on a card than on one core.
        _network = folder.Load("forecast.onnx", new(InferenceDevice.Cpu));
        (_seen, _said) = (_network.Input("seen"), _network.Output("said"));
        if (_seen.Count == _layout.Seen && _said.Count == LongestAhead * _layout.Said)
            return;
        _network.Dispose();
        throw ClosedLoopException.Usage($"the forecaster {folder.Path} takes {_seen.Count} numbers and gives {_said.Count}, where the body {body.Description.Name} has {_layout.Seen} and {LongestAhead * _layout.Said}; export it again with training/train_forecast.py");
    }

    /// <summary>The checksum of the network, by which a replay knows it again.</summary>
    public string NetworkSha256 { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int LongestAhead { get; }

    /// <summary>Whether a folder's forecaster was made for a body and a rate.</summary>
    internal static bool Fits(ModelFolder folder, BodyDescription body, double controlPeriodS) =>
        folder.Manifest.BodySha256 == body.PhysicsSha256() && folder.Manifest.Preprocessing is { } section && IsRate(section.Number("rate_hz", 1, 1000), controlPeriodS);

    /// <inheritdoc/>
    public void Reset() => _history.Clear();

    /// <inheritdoc/>
    public void Observe(Pose pose)
    {
        _history.Add(pose);
        _layout.Write(_history, _seen.Values<float>());
        _network.Run();
    }

    /// <inheritdoc/>
    public void Forecast(int ahead, Pose target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ahead, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ahead, LongestAhead);
        _layout.Read(_history.Ago(0), _said.Values<float>().Slice((ahead - 1) * _layout.Said, _layout.Said), target.Qpos);
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private static bool IsRate(double rateHz, double periodS) => Math.Abs((rateHz * periodS) - 1) < 1e-6;
}
