using System.CommandLine;
using System.Globalization;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Sessions;

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
        var json = JsonReport.CreateOption();
        var command = new Command("demo", "Run the simulated laboratory live at real time; no hardware needed.") { seconds, seed, folder, json };
        command.SetAction((parsed, cancellation) =>
        {
            var duration = parsed.GetValue(seconds);
            if (!(duration > 0 && double.IsFinite(duration)))
                throw ClosedLoopException.Usage($"--seconds {duration.ToString(CultureInfo.InvariantCulture)} is no duration; give seconds, as in 20");
            Run(duration, parsed.GetValue(seed), parsed.GetRequiredValue(folder), parsed.GetValue(json), cancellation);
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Run(double seconds, int seed, string folder, FileInfo? json, CancellationToken cancellation)
    {
        OutputPath.RequireFolder("--out", folder);
        var clock = new SessionClock();
        var name = Path.Combine(folder, $"demo-{clock.StartedAt:yyyyMMdd-HHmmss}-{Environment.ProcessId}");
        var fit = Measure(seed, cancellation);
        // The source runs on a little past the session, so that the session ends it and not the other way round.
        using var source = SimulatedLaboratory.Watch(seed, clock, seconds: null);
        using var setup = new SessionSetup(
            SimulatedLaboratory.Body, fit.Animal, source.Layout, new() { RateHz = source.RateHz, Source = source.Description, Seed = seed });
        using var input = new LiveInput(source, clock, setup.Configuration.GraceS, seconds);
        SessionRun.Execute(setup, input, clock, new()
        {
            RecordingPath = $"{name}.mcap",
            PicturePath = $"{name}.png",
            Json = json,
            Notes = [$"the keypoints are of {source.Description}", .. fit.Notes],
        }, cancellation);
    }

    private static PoseTracking.AnimalFit Measure(int seed, CancellationToken cancellation)
    {
        using var line = new ProgressLine();
        return SimulatedLaboratory.Measure(seed, body: null, line, cancellation);
    }
}
