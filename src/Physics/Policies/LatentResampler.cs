using ClosedLoop.Core;
using ClosedLoop.Inference;

namespace ClosedLoop.Physics;

/// <summary>
/// Draws the latent of one control step many times over and sees what the decoder makes of it: the spread of the actions,
/// beside the spread of the latent that the encoder says (Aldarondo et al. 2024 resample 50 times).
/// </summary>
internal sealed class LatentResampler : IDisposable
{
    private readonly OnnxModel _network;
    private readonly TensorBuffer _noise, _actions;
    private readonly (TensorBuffer From, TensorBuffer To)[] _given;
    private readonly RandomStream _random = new(1, "latent resamples");
    private readonly int _resamples;

    /// <param name="folder">The policy's folder.</param>
    /// <param name="policy">Its network, whose inputs and outputs of the present step are taken over.</param>
    /// <param name="resamples">How often the latent is drawn.</param>
    public LatentResampler(ModelFolder folder, OnnxModel policy, int resamples)
    {
        _resamples = resamples;
        _network = folder.Load("resample.onnx", new(InferenceDevice.Cpu) { Axes = new Dictionary<string, int> { ["resamples"] = resamples } });
        (_noise, _actions) = (_network.Input("noise"), _network.Output("actions"));
        _given = [.. _network.Inputs.Where(input => input != _noise)
            .Select(input => (policy.Outputs.FirstOrDefault(output => output.Name == input.Name) ?? policy.Input(input.Name), input))];
        // The same draws at every step: what changes from step to step is then the network's doing, not the dice's.
        var draws = _noise.Values<float>();
        for (var i = 0; i < draws.Length; i++)
            draws[i] = (float)_random.Normal();
    }

    /// <summary>Computes the actions of all draws.</summary>
    public void Run()
    {
        foreach (var (from, to) in _given)
            from.Bytes.CopyTo(to.Bytes);
        _network.Run();
    }

    /// <summary>Writes the standard deviation of each actuator's command over the draws.</summary>
    public void ActionSd(Span<float> sd)
    {
        var actions = _actions.Values<float>();
        var count = actions.Length / _resamples;
        for (var a = 0; a < count; a++)
        {
            double sum = 0, squares = 0;
            for (var r = 0; r < _resamples; r++)
            {
                double value = actions[(r * count) + a];
                sum += value;
                squares += value * value;
            }
            sd[a] = (float)Math.Sqrt(Math.Max(0, (squares - (sum * sum / _resamples)) / (_resamples - 1)));
        }
    }

    public void Dispose() => _network.Dispose();
}
