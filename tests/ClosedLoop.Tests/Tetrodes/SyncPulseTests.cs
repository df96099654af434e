using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;
using ClosedLoop.Tests.PoseTracking;
using ClosedLoop.Tests.Recording;
using ClosedLoop.Tetrodes;

namespace ClosedLoop.Tests.Tetrodes;

/// <summary>A device with a clock and a way of its own, whose samples show the cameras' triggers.</summary>
public sealed class SyncPulseTests : IDisposable
{
    private const double DriftPpm = 300, JitterMs = 12;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Spikes_stand_at_the_time_of_the_cameras_and_a_replay_places_them_there_again()
    {
        var path = _folder["synchronised.mcap"];
        var (clock, lost) = (new SessionClock(), new List<SampleFinding>());
        var trigger = new TriggerClock(clock, 50);
        using var setup = new SessionSetup(PlantedAnimal.Instance.Description, PlantedAnimal.Instance.TrueAnimal, KeypointLayout.Rat23, new() { RateHz = 50 });
        var tetrodes = new SimulatedTetrodeSource(new() { Tetrodes = 1 }, new() { ClockDriftPpm = DriftPpm, JitterMs = JitterMs }, clock);
        var errors = new List<(double AtS, double ErrorS)>();
        TetrodeResult first;
        using (var source = new SimulatedSyncLine(tetrodes, trigger, "SYNC"))
        using (var stage = new TetrodeStage(source, tetrodes.Tetrodes, new() { Sorting = TetrodeConfiguration.Learning(1) }, clock, sync: SyncLine.Of(source.Channels, "SYNC", null, 1)))
        using (var recorder = SessionRecorder.Start(path, SessionArchive.ContentOf(setup, clock, stage, [])))
        {
            using var samples = stage.Samples.Subscribe(recorder.Write);
            using var counts = stage.Counts.Subscribe(recorder.Write);
            using var units = stage.Units.Subscribe(recorder.Write);
            using var pulses = stage.SyncPulses.Subscribe(pulse => recorder.Write(pulse));
            using var findings = stage.Findings.Subscribe(lost.Add);
            using var spikes = stage.Spikes.Subscribe(batch =>
            {
                recorder.Write(batch);
                for (var i = 0; i < batch.Count; i++)
                    errors.Add((batch.Samples[i] / 30_000, (batch.TimesNs[i] - tetrodes.TimeOf((long)batch.Samples[i]).Nanoseconds) * 1e-9 - (batch.Samples[i] % 1 / 30_000)));
            });
            stage.Start();
            for (var beat = 0; beat < 400; beat++)
            {
                // Images come some time after their trigger.
                clock.SleepUntil(trigger.DueOf(beat) + 18_000_000);
                stage.Triggered(beat, trigger.DueOf(beat));
                stage.Beat(new(beat, clock.Now, null));
            }
            stage.Finish(default);
            first = stage.Result();
            recorder.Finish();
        }
        Assert.Empty(lost);
        Assert.True(first.Clock.Synchronised);
        Assert.InRange(first.Clock.Pulses, 100, 400);
        // The simulated device's own clock runs fast, so that it runs slow by less than nothing.
        Assert.InRange(first.Clock.DriftPpm, -DriftPpm - 40, -DriftPpm + 40);
        var late = errors.Where(error => error.AtS > 5).Select(error => Math.Abs(error.ErrorS)).Order().ToArray();
        Assert.True(late.Length > 20, $"{late.Length}");
        Assert.InRange(late[late.Length / 2], 0, 1e-4);
        Assert.InRange(late[^1], 0, 1e-3);

        using var recording = SessionRecording.Open(path);
        Assert.Equal("SYNC", recording.Layout.Tetrodes!.SyncChannel);
        Assert.InRange(recording.SyncPulses().Count(), first.Clock.Pulses, 400);
        Assert.All(recording.SyncPulses().Where(pulse => pulse.Trigger != RecordStamp.None), pulse => Assert.Equal(trigger.DueOf(pulse.Trigger), pulse.Time));
        using var recorded = new RecordingSampleSource(recording);
        using var again = SessionArchive.TetrodesOf(recording, recorded, new());
        var reproduction = new SortingReproduction(recording);
        using var sorted = again.Spikes.Subscribe(reproduction.Observe);
        using var binned = again.Counts.Subscribe(reproduction.Observe);
        again.Start();
        again.Finish(default);
        Assert.True(reproduction.Result().BitForBit);
        Assert.Equal((first.Spikes, first.Bins, first.Clock), (again.Result().Spikes, again.Result().Bins, again.Result().Clock with { PulsesMissed = first.Clock.PulsesMissed, PulsesSurplus = first.Clock.PulsesSurplus }));
    }

    [Fact]
    public void A_line_that_falls_silent_is_told_of_once()
    {
        var (clock, found) = (new SessionClock(), new List<SampleFinding>());
        var tetrodes = new SimulatedTetrodeSource(new() { Tetrodes = 1 }, clock: clock);
        // The trigger of other cameras never begins.
        using var source = new SimulatedSyncLine(tetrodes, new(clock, 50), "SYNC");
        using var stage = new TetrodeStage(source, tetrodes.Tetrodes, new() { Sorting = TetrodeConfiguration.Learning(1) }, clock, sync: SyncLine.Of(source.Channels, "SYNC", 0, 1));
        using var findings = stage.Findings.Subscribe(found.Add);
        stage.Start();
        for (var beat = 0; beat < 30; beat++)
        {
            Thread.Sleep(100);
            stage.Triggered(beat, clock.Now);
        }
        stage.Finish(default);
        var told = Assert.Single(found);
        Assert.Equal(SampleFindingKind.SyncMissing, told.Kind);
        Assert.Contains("no pulse of it was seen on the channel SYNC", told.Sentence, StringComparison.Ordinal);
        Assert.False(stage.Result().Clock.Synchronised);
    }
}
