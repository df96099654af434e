using System.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Inference;
using ClosedLoop.PoseTracking;
using ClosedLoop.Vision;

namespace ClosedLoop.Commands;

/// <summary>The options with which <c>replay</c> looks at recorded images instead of taking the recorded keypoints.</summary>
internal sealed class VisionArguments
{
    private readonly Option<string> _keypoints = new("--keypoints")
    {
        Description = "recorded: those of the recording, which give the recorded session again; vision: found anew in its images.",
        HelpName = "recorded|vision",
        DefaultValueFactory = _ => "recorded",
    };

    private readonly Option<string> _model = new("--model") { Description = "With --keypoints vision: fast, volumetric, or a model folder.", HelpName = "fast|volumetric|FOLDER", DefaultValueFactory = _ => "fast" };
    private readonly Option<string> _device = new("--device") { Description = "With --keypoints vision, what computes the networks: auto, cpu, cuda or tensorrt.", HelpName = "DEVICE", DefaultValueFactory = _ => "auto" };
    private readonly Option<int> _threads = new("--threads") { Description = "With --keypoints vision: threads that the views are divided over.", HelpName = "N", DefaultValueFactory = _ => Math.Clamp(Environment.ProcessorCount, 1, 8) };
    private readonly Option<string?> _calibration = new("--calibration") { Description = "With --keypoints vision: another calibration of the cameras than the recording's own.", HelpName = "rig.yaml" };

    public VisionArguments() => _keypoints.AcceptOnlyFromAmong("recorded", "vision");

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _keypoints, _model, _device, _threads, _calibration })
            command.Add(option);
    }

    /// <summary>Which networks are to look at the images; null: none, the keypoints are the recorded ones.</summary>
    /// <exception cref="ClosedLoopException">An option is wrong, or of no use without <c>--keypoints vision</c>.</exception>
    public VisionOptions? Networks(ParseResult parsed)
    {
        if (parsed.GetRequiredValue(_keypoints) == "vision")
        {
            var threads = parsed.GetValue(_threads);
            new EstimatorOptions { Threads = threads }.Check();
            return new() { Model = parsed.GetRequiredValue(_model), Device = InferenceDeviceNames.Parse(parsed.GetRequiredValue(_device)), Threads = threads };
        }
        foreach (var option in new Option[] { _model, _device, _threads, _calibration })
            if (parsed.GetResult(option) is { Implicit: false })
                throw ClosedLoopException.Usage($"{option.Name} is for keypoints that are found in images; add --keypoints vision, or leave it out");
        return null;
    }

    /// <summary>The calibration that was named; null: the recording's own.</summary>
    public string? Calibration(ParseResult parsed) => parsed.GetValue(_calibration);
}
