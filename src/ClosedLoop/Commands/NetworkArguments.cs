using System.CommandLine;
using ClosedLoop.Inference;
using ClosedLoop.PoseTracking;
using ClosedLoop.Vision;

namespace ClosedLoop.Commands;

/// <summary>The options that say which networks look at images, and on what: of the verbs that do nothing else.</summary>
internal sealed class NetworkArguments
{
    private readonly Option<string> _model = new("--model") { Description = "fast, volumetric, or a model folder.", HelpName = "fast|volumetric|FOLDER", DefaultValueFactory = _ => "fast" };
    private readonly Option<string> _device = new("--device") { Description = "What computes the networks: auto, cpu, cuda or tensorrt.", HelpName = "DEVICE", DefaultValueFactory = _ => "auto" };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads that the views are divided over.", HelpName = "N", DefaultValueFactory = _ => Math.Clamp(Environment.ProcessorCount, 1, 8) };
    private readonly Option<bool> _noRefine = new("--no-refine") { Description = "Leave the model's pose network out: what the views alone say." };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _model, _device, _threads, _noRefine })
            command.Add(option);
    }

    /// <summary>The networks that were asked for.</summary>
    /// <exception cref="Core.ClosedLoopException">An option is out of its range, or names no device.</exception>
    public VisionOptions Parse(ParseResult parsed)
    {
        var threads = parsed.GetValue(_threads);
        new EstimatorOptions { Threads = threads }.Check();
        return new()
        {
            Model = parsed.GetRequiredValue(_model),
            Device = InferenceDeviceNames.Parse(parsed.GetRequiredValue(_device)),
            Threads = threads,
            Refine = !parsed.GetValue(_noRefine),
        };
    }
}
