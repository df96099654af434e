using ClosedLoop.Core;
using ClosedLoop.Inference;

namespace ClosedLoop.Physics;

/// <summary>
/// A trained inverse-dynamics network drives the body: reference and body state in, the whole motor command out. It
/// reports the reference as it takes it in, every layer's activity, and how the action varies with the latent where it is asked to.
/// </summary>
/// <remarks>
/// <para>A model folder of the kind <c>policy</c>: policy.onnx takes observation, noise, and the state of an LSTM; it gives
/// action, latent_mean, latent_sd, latent, the layers and the new state. resample.onnx draws the same step's latent many
/// times over.</para>
/// <para>Deterministic: the noise comes from a seeded stream. One thread; allocates nothing after construction.</para>
/// </remarks>
public sealed class PolicyController : IRodentController
{
    /// <summary>The kind of model folder that holds a policy.</summary>
    public const string Kind = "policy";

    /// <summary>The network of one control step in such a folder.</summary>
    public const string NetworkFile = "policy.onnx";

    /// <summary>Name of the layer that reports the action's standard deviation over the latent's resamples.</summary>
    public const string ActionSpread = "action_sd";

    /// <summary>
    /// Name of the layer that reports what the network is asked to do: the reference ahead, seen from the body, as the encoder
    /// takes it in (<see cref="ObservationLayout.Reference"/>).
    /// </summary>
    public const string ReferenceEncoding = "reference";

    private readonly PolicyOptions _options;
    private readonly ImitationObservation _observation;
    private readonly OnnxModel _network;
    private readonly TensorBuffer _observed, _noise, _action, _sd;
    private readonly TensorBuffer[] _layers;
    private readonly (TensorBuffer From, TensorBuffer To)[] _memory;
    private readonly LatentResampler? _resampler;
    private RandomStream _random;
    private readonly double[] _draws;
    private readonly double[] _sigma;
    private readonly int[] _ranks;

    /// <summary>Loads a policy for a body.</summary>
    /// <param name="body">The body, at the animal's size; stays the caller's.</param>
    /// <param name="folder">The model folder.</param>
    /// <param name="controlPeriodS">Length of a control step, seconds.</param>
    /// <param name="options">Noise and resampling.</param>
    /// <exception cref="ClosedLoopException">The folder holds no policy, or one for another body, observation or rate.</exception>
    public PolicyController(BodyModel body, ModelFolder folder, double controlPeriodS, PolicyOptions? options = null)
    {
        _options = options ?? new();
        _options.Check();
        if (folder.Manifest.Kind != Kind)
            throw ClosedLoopException.Usage($"the model {folder.Path} is of the kind '{folder.Manifest.Kind}', and a policy is needed to drive a body; name a folder of the kind '{Kind}'");
        folder.RequireBody(body.Description.PhysicsSha256());
        var facts = PolicyFacts.Of(folder.Manifest, folder.Path);
        if (Math.Abs((facts.ControlHz * controlPeriodS) - 1) > 1e-6)
            throw ClosedLoopException.Usage($"the policy {folder.Path} acts {facts.ControlHz} times a second, and {1 / controlPeriodS:G6} steps a second were asked for; use keypoints of its rate, or a policy of this one");
        Name = folder.Name;
        _observation = new(body, facts.FutureFrames);
        _observation.Layout.Require(facts.Observation, folder.Path);
        // NB: networks as small as these are slower on a card than on one core.
        var run = new InferenceOptions(InferenceDevice.Cpu) { Axes = new Dictionary<string, int> { ["batch"] = 1 } };
        _network = folder.Load(NetworkFile, run);
        (_observed, _noise) = (_network.Input("observation"), _network.Input("noise"));
        (_action, _sd) = (_network.Output("action"), _network.Output("latent_sd"));
        _memory = [.. _network.Inputs.Where(input => _network.Outputs.Any(output => output.Name == $"next_{input.Name}"))
            .Select(input => (_network.Output($"next_{input.Name}"), input))];
        _layers = [.. _network.Outputs.Where(output => output != _action)];
        _resampler = _options.Resamples > 0 ? new(folder, _network, _options.Resamples) : null;
        Activations = new([(ReferenceEncoding, _observation.Layout.ReferenceSize), .. _layers.Select(layer => (layer.Name.StartsWith("next_", StringComparison.Ordinal) ? layer.Name[5..] : layer.Name, layer.Count)),
            .. _resampler is null ? Array.Empty<(string, int)>() : [(ActionSpread, _action.Count)]]);
        _random = new(_options.Seed, "latent noise");
        (_draws, _sigma, _ranks) = (new double[_noise.Count], new double[_noise.Count], new int[_noise.Count]);
        if (_action.Count != body.Model.Nu)
            throw ClosedLoopException.Usage($"the policy {folder.Path} commands {_action.Count} actuators, and the body {body.Description.Name} has {body.Model.Nu}");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int FutureFrames => _observation.Layout.Frames;

    /// <inheritdoc/>
    public ActivationLayout Activations { get; }

    /// <inheritdoc/>
    public void Reset()
    {
        foreach (var (_, input) in _memory)
            input.Bytes.Clear();
    }

    /// <inheritdoc/>
    public void BeginEpisode(int number)
    {
        Reset();
        _random = new(_options.Seed, $"latent noise of episode {number}");
    }

    /// <inheritdoc/>
    public void Act(ReferenceWindow reference, MujocoData body, Span<double> action, Span<float> activations)
    {
        _observation.Write(reference, body, _observed.Values<float>());
        for (var i = 0; i < _draws.Length; i++)
            _draws[i] = _options.NoiseGain * _random.Normal();
        var noise = _noise.Values<float>();
        if (_options.Noise is LatentNoise.Standard)
        {
            for (var i = 0; i < noise.Length; i++)
                noise[i] = (float)_draws[i];
            _network.Run();
        }
        else
        {
            noise.Clear();
            _network.Run();
            if (_options.Noise != LatentNoise.None)
            {
                ChangedNoise(noise);
                _network.Run();
            }
        }
        // NB: before the memory moves on: the resamples are of this very step.
        _resampler?.Run();
        var commands = _action.Values<float>();
        for (var i = 0; i < action.Length; i++)
            action[i] = Math.Clamp(commands[i], -1f, 1f);
        var at = _observation.Layout.ReferenceSize;
        _observed.Values<float>()[..at].CopyTo(activations);
        foreach (var layer in _layers)
        {
            layer.Values<float>().CopyTo(activations[at..]);
            at += layer.Count;
        }
        _resampler?.ActionSd(activations[at..]);
        foreach (var (from, to) in _memory)
            from.Bytes.CopyTo(to.Bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _resampler?.Dispose();
        _network.Dispose();
    }

    /// <summary>The noise that, times the network's own standard deviations, is what was asked for.</summary>
    private void ChangedNoise(Span<float> noise)
    {
        var sd = _sd.Values<float>();
        var total = 0.0;
        for (var i = 0; i < sd.Length; i++)
        {
            (_sigma[i], _ranks[i]) = (sd[i], i);
            total += sd[i] * sd[i];
        }
        if (_options.Noise == LatentNoise.Uniform)
        {
            Array.Fill(_sigma, Math.Sqrt(total / sd.Length));
        }
        else
        {
            Array.Sort(_sigma, _ranks);
            // Sorted: the dimension of rank r gets the standard deviation of rank n - 1 - r.
            for (int i = 0, j = _sigma.Length - 1; i < j; i++, j--)
                (_sigma[i], _sigma[j]) = (_sigma[j], _sigma[i]);
            Array.Sort(_ranks, _sigma);
        }
        for (var i = 0; i < noise.Length; i++)
            noise[i] = (float)(_sigma[i] * _draws[i] / sd[i]);
    }
}
