using System.Text;
using ClosedLoop.CommandLine;
using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;

namespace ClosedLoop.Datasets;

/// <summary>
/// Writes the recording of a whole session as fast as it can be computed: a simulated animal that is seen, registered and
/// imitated as in a live session, and planted neurons that follow it by a plan. session.mcap, and beside it planted.yaml.
/// </summary>
public static class PlantedSession
{
    /// <summary>The recording's name in its folder.</summary>
    public const string FileName = "session.mcap";

    /// <summary>Writes it.</summary>
    /// <param name="folder">An existing, empty folder.</param>
    /// <param name="options">How long, how many, which.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends the session where it is; what is there is whole.</param>
    /// <exception cref="ClosedLoopException">An option is out of its range, or the disk has no room.</exception>
    public static PlantedSessionSummary Write(string folder, PlantedSessionOptions options, IProgress<string>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var animal = options.Animal ?? SimulatedLaboratory.Measure(options.Seed, body: null, progress, cancellation).Animal;
        var clock = new SessionClock();
        using var source = SimulatedLaboratory.Watch(options.Seed, clock: null, options.Seconds);
        using var setup = new SessionSetup(SimulatedLaboratory.Body, animal, source.Layout, new()
        {
            RateHz = source.RateHz,
            Source = source.Description,
            Seed = options.Seed,
            Controller = options.Controller,
        });
        var features = ComparisonStage.LayoutOf(setup);
        using var neurons = new PlantedNeurons(features, PlantedClasses.Known(features, options.Seed), options.Units);
        using var input = new SimulatedBeats(source, neurons.Finish);
        using var comparison = new ComparisonStage(setup, new(), options.Units, clock, isLive: false, plan: neurons.Plan, planted: [.. neurons.Plan.Units.Select(unit => unit.Unit)]);
        var content = SessionArchive.ContentOf(setup, clock, tetrodes: null, further: [], comparison);
        using var recorder = SessionRecorder.Start(Path.Combine(folder, FileName), content with { Layout = content.Layout with { Tetrodes = neurons.Layout } });
        WholeFile.Write(Path.Combine(folder, PlantedPlan.FileName), Encoding.UTF8.GetBytes(neurons.Plan.ToYaml()), "plan of planted neurons");
        foreach (var unit in neurons.Units(SessionTime.Zero))
        {
            recorder.Write(unit);
            comparison.Take(unit);
        }
        using var spikes = neurons.Spikes.Subscribe(new Told<SpikeBatch>(recorder.Write));
        using var counts = neurons.Counts.Subscribe(new Told<SpikeCounts>(bin =>
        {
            recorder.Write(bin);
            comparison.Take(bin);
        }));
        using var session = new Session(setup, input, clock, tetrodes: null, comparison);
        Pose? current = null;
        var result = session.Run(
            recorder, pose => current = pose, step => neurons.Take(current!, step),
            now => progress?.Report($"{now.Frames / source.RateHz:F0} of {options.Seconds:F0} s, {now.Frames / source.RateHz / Math.Max(1e-9, now.Time.Seconds):F1} times real time, imitation {now.MedianTotalErrorMm:F1} mm"),
            cancellation);
        recorder.Finish(new Dictionary<string, string> { ["json"] = Encoding.UTF8.GetString(JsonReport.ToUtf8(result)) });
        return new(result, neurons.Plan, neurons.SpikesSoFar);
    }

    private sealed class Told<T>(Action<T> take) : IObserver<T>
    {
        public void OnNext(T value) => take(value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error) => throw error;
    }
}

/// <summary>What was written of a session with planted neurons.</summary>
/// <param name="Session">The session.</param>
/// <param name="Plan">What the neurons follow.</param>
/// <param name="Spikes">Their spikes.</param>
public sealed record PlantedSessionSummary(SessionResult Session, PlantedPlan Plan, long Spikes);
