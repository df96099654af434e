using System.CommandLine;
using System.Globalization;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Inference;
using ClosedLoop.Physics;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;
using ClosedLoop.Tetrodes;
using ClosedLoop.Vision;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop demo</c>: the simulated laboratory, live, at real time, without hardware.</summary>
public static class DemoCommand
{
    private const double DefaultSeconds = 60;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var seconds = new Option<double>("--seconds") { Description = "How long the session is.", HelpName = "N", DefaultValueFactory = _ => DefaultSeconds };
        var seed = new Option<int>("--seed") { Description = "Seed of what the simulated animal does.", HelpName = "S", DefaultValueFactory = _ => 1 };
        var folder = new Option<string>("--out")
        {
            Description = "Folder for the recording and the picture.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => "recordings",
        };
        var keypoints = new Option<string>("--keypoints")
        {
            Description = "vision: a network finds them in the videos of six simulated cameras; truth: those that were planted; simulated: planted ones with errors, without images, for any --seed and length.",
            HelpName = "vision|truth|simulated",
            DefaultValueFactory = _ => "vision",
        };
        keypoints.AcceptOnlyFromAmong("vision", "truth", "simulated");
        var dataset = new Option<string?>("--dataset") { Description = "Another folder that 'simulate' wrote, with an animal.yaml from 'register'; by default the one that comes with the program.", HelpName = "DIR" };
        var model = new Option<string>("--model") { Description = "fast, volumetric, or a model folder.", HelpName = "fast|volumetric|FOLDER", DefaultValueFactory = _ => "fast" };
        var device = new Option<string>("--device") { Description = "What computes the networks: auto, cpu, cuda or tensorrt.", HelpName = "DEVICE", DefaultValueFactory = _ => "auto" };
        var reference = new ReferenceModeArguments();
        var tetrodes = new SessionTetrodeArguments();
        var json = JsonReport.CreateOption();
        var command = new Command("demo", "Run the simulated laboratory live at real time; no hardware needed.") { seconds, seed, folder, keypoints, dataset, model, device, json };
        reference.AddTo(command);
        tetrodes.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var duration = parsed.GetValue(seconds);
            if (!(duration > 0 && double.IsFinite(duration)))
                throw ClosedLoopException.Usage($"--seconds {duration.ToString(CultureInfo.InvariantCulture)} is no duration; give seconds, as in 20");
            tetrodes.Check(parsed);
            var outputs = new SessionOutputs { Json = parsed.GetValue(json) };
            var rodent = reference.Apply(parsed, new());
            var target = parsed.GetRequiredValue(folder);
            OutputPath.RequireFolder("--out", target);
            var clock = new SessionClock();
            var name = Path.Combine(target, $"demo-{clock.StartedAt:yyyyMMdd-HHmmss}-{Environment.ProcessId}");
            outputs = outputs with { RecordingPath = $"{name}.mcap", PicturePath = $"{name}.png" };
            var source = parsed.GetRequiredValue(keypoints);
            if (source == "simulated")
            {
                RunSimulated(duration, parsed.GetValue(seed), rodent, clock, outputs, (activity, number, setup) => tetrodes.Open(parsed, duration, number, activity, setup, clock), cancellation);
                return Task.FromResult(0);
            }
            if (parsed.GetResult(seed) is { Implicit: false })
                throw ClosedLoopException.Usage("the demo's videos were filmed with one seed; 'closedloop simulate --seed S --out DIR' films another session for --dataset DIR, and --keypoints simulated takes any seed without images");
            var data = parsed.GetValue(dataset) is { } path ? new DemoDataset(path) : DemoDataset.Shipped;
            var vision = new VisionOptions { Model = parsed.GetRequiredValue(model), Device = InferenceDeviceNames.Parse(parsed.GetRequiredValue(device)) };
            RunDataset(data, source == "vision" ? vision : null, duration, rodent, clock, outputs, (activity, number, setup) => tetrodes.Open(parsed, duration, number, activity, setup, clock), cancellation);
            return Task.FromResult(0);
        });
        return command;
    }

    private static void RunDataset(
        DemoDataset dataset, VisionOptions? vision, double seconds, VirtualRodentOptions rodent, SessionClock clock, SessionOutputs outputs,
        Func<IActivityPlan, int, SessionSetup, SessionTetrodes> openTetrodes, CancellationToken cancellation)
    {
        var animal = dataset.Animal;
        using IKeypointSource source = vision is null ? dataset.Truth(clock) : dataset.Watch(vision, clock);
        using var setup = new SessionSetup(SimulatedLaboratory.Body, animal, source.Layout, new() { RateHz = source.RateHz, Source = source.Description, Rodent = rodent });
        using var input = new LiveInput(source, clock, setup.Configuration.GraceS, seconds);
        using var tetrodes = openTetrodes(dataset.Activity(source.RateHz), 1, setup);
        SessionRun.Execute(setup, input, clock, outputs with
        {
            Tetrodes = tetrodes.Tetrodes,
            Comparison = tetrodes.Comparison,
            Attachments = [dataset.CalibrationAttachment],
            Notes = tetrodes.Notes.Prepend($"the keypoints are of {source.Description}"),
        }, cancellation);
    }

    private static void RunSimulated(double seconds, int seed, VirtualRodentOptions rodent, SessionClock clock, SessionOutputs outputs,
        Func<IActivityPlan, int, SessionSetup, SessionTetrodes> openTetrodes, CancellationToken cancellation)
    {
        var fit = Measure(seed, cancellation);
        // The source runs on a little past the session, so that the session ends it and not the other way round.
        using var source = SimulatedLaboratory.Watch(seed, clock, seconds: null);
        using var setup = new SessionSetup(
            SimulatedLaboratory.Body, fit.Animal, source.Layout, new() { RateHz = source.RateHz, Source = source.Description, Rodent = rodent, Seed = seed });
        using var input = new LiveInput(source, clock, setup.Configuration.GraceS, seconds);
        using var tetrodes = openTetrodes(new FollowedActivity(source), seed, setup);
        SessionRun.Execute(setup, input, clock, outputs with { Tetrodes = tetrodes.Tetrodes, Comparison = tetrodes.Comparison, Notes = fit.Notes.Prepend($"the keypoints are of {source.Description}").Concat(tetrodes.Notes) }, cancellation);
    }

    private static PoseTracking.AnimalFit Measure(int seed, CancellationToken cancellation)
    {
        using var line = new ProgressLine();
        return SimulatedLaboratory.Measure(seed, body: null, line, cancellation);
    }
}
