using System.CommandLine;
using System.Text;
using ClosedLoop.CommandLine;
using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Rigs;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;
using ClosedLoop.Tetrodes;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop live</c>: a session on a rig, recorded unless that is refused in so many words.</summary>
public static class LiveCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var unrecorded = new Option<bool>("--no-recording") { Description = "Keep nothing of the session but its summary and picture." };
        var json = JsonReport.CreateOption();
        var command = new Command("live", "Run a live session on a rig, recorded, until it is over or Ctrl-C ends it.");
        var rig = new RigArguments();
        rig.AddTo(command);
        command.Add(unrecorded);
        command.Add(json);
        command.SetAction((parsed, cancellation) =>
        {
            var clock = new SessionClock();
            var records = !parsed.GetValue(unrecorded);
            using var inspection = new RigInspection(rig.Path(parsed), clock, rig.Seconds(parsed), records);
            inspection.ThrowIfProblems();
            foreach (var (part, found) in inspection.Findings)
                Console.Error.WriteLine($"closedloop: {part}: {found}");
            Run(inspection, clock, records, parsed.GetValue(json), cancellation);
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Run(RigInspection rig, SessionClock clock, bool records, FileInfo? json, CancellationToken cancellation)
    {
        var (configuration, keypoints) = (rig.Configuration!, rig.Configuration!.Keypoints!);
        var notes = new List<string>(rig.File?.Notes ?? []);
        using var measured = rig.Setup is null ? rig.MakeSetup(Measure(rig, notes, cancellation)) : null;
        var setup = rig.Setup ?? measured!;
        // A simulated animal lives on past the session, so that the session ends it and not the other way round.
        using IKeypointSource source = (IKeypointSource?)rig.File ?? (IKeypointSource?)rig.Vision ?? SimulatedLaboratory.Watch(keypoints.Seed, clock, seconds: null);
        using var input = new LiveInput(source, clock, setup.Configuration.GraceS, keypoints.Seconds, keypoints.Rate);
        var compares = configuration.Tetrodes is not null && configuration.Comparison is not { Enabled: false };
        var planted = compares && configuration.Tetrodes is { Source: TetrodeSourceKind.Simulated } simulated ? new PlantedLaboratory(setup, simulated.Simulated, clock) : null;
        using var tetrodes = configuration.Tetrodes?.Open(clock, source is SimulatedKeypointSource animal ? new FollowedActivity(animal) : new BehaviourActivity(configuration.Tetrodes.Seed), rig.Trigger, rig.Vision is not null, planted);
        using var comparison = compares ? new ComparisonStage(setup, configuration.Comparison?.Options ?? new(), tetrodes!.Layout.UnitCapacity, clock, isLive: true, planted?.Drives, planted?.Match) : null;
        // NB: before the recording is begun, so that what cannot be reached is said and nothing is left behind.
        tetrodes?.Connect();
        var recording = configuration.Recording!;
        var name = Path.Combine(recording.Folder, recording.Name ?? $"{configuration.Name}-{clock.StartedAt:yyyyMMdd-HHmmss}-{Environment.ProcessId}");
        Directory.CreateDirectory(recording.Folder);
        SessionRun.Execute(setup, input, clock, new()
        {
            RecordingPath = records ? $"{name}.mcap" : null,
            Recorder = new() { StopFreeBytes = (long)(recording.MinimumFreeGb * 1e9) },
            Attachments =
            [
                new("rig.yaml", "application/yaml", Encoding.UTF8.GetBytes(configuration.ToYaml())),
                .. configuration.Cameras is { } cameras ? [new RecordingAttachment(RecordingContent.CalibrationName, "application/yaml", File.ReadAllBytes(cameras.CalibrationPath))] : Array.Empty<RecordingAttachment>(),
            ],
            Tetrodes = tetrodes,
            Comparison = comparison,
            SorterStatePath = configuration.Tetrodes?.StatePath,
            PicturePath = $"{name}.png",
            Json = json,
            Notes = (records ? notes : [.. notes, "nothing was recorded, as asked for"]).Concat(planted?.Notes() ?? []),
        }, cancellation);
    }

    /// <summary>Measures a simulated animal that no animal file describes.</summary>
    private static AnimalFile Measure(RigInspection rig, List<string> notes, CancellationToken cancellation)
    {
        using var line = new ProgressLine();
        var fit = SimulatedLaboratory.Measure(rig.Configuration!.Keypoints!.Seed, rig.Body, line, cancellation);
        notes.AddRange(fit.Notes);
        return fit.Animal;
    }
}
