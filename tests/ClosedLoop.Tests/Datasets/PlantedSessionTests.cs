using System.Text;
using System.Text.Json;
using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Datasets;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;
using ClosedLoop.Tests.Recording;
using ClosedLoop.Tests.Sessions;

namespace ClosedLoop.Tests.Datasets;

/// <summary>A session with planted neurons: a recording like any other, the plan with it, and the same scores from it again.</summary>
[Collection(LaboratoryCollection.Name)]
public sealed class PlantedSessionTests(MeasuredLaboratory laboratory) : IDisposable
{
    private const int Units = 10, Seconds = 20, Frames = 50 * Seconds;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_recording_holds_a_whole_session_with_its_plan_and_gives_the_same_scores_again()
    {
        Directory.CreateDirectory(_folder["out"]);
        var made = PlantedSession.Write(_folder["out"], new() { Seconds = Seconds, Units = Units, Seed = MeasuredLaboratory.Seed, Animal = laboratory.Animal }, progress: null, default);
        Assert.Equal((Frames, false), (made.Session.Frames, made.Session.Stopped));

        using var recording = SessionRecording.Open(Path.Combine(_folder["out"], PlantedSession.FileName));
        Assert.True(recording.IsWhole);
        Assert.Equal((Frames, Frames, Frames, Frames), (recording.Count(RecordingTopics.Ticks), recording.Count(RecordingTopics.Pose), recording.Count(RecordingTopics.Control), recording.Count(RecordingTopics.SpikeCounts)));
        var text = File.ReadAllText(Path.Combine(_folder["out"], PlantedPlan.FileName));
        Assert.Equal(text, Encoding.UTF8.GetString(recording.ReadAttachment(PlantedPlan.FileName).Data));
        var plan = PlantedPlan.Parse(text, PlantedPlan.FileName);
        Assert.Equal((Units, 4, 4), (plan.Units.Count, plan.Units.Count(unit => unit.Drive == PlannedDrive.Network), plan.Units.Count(unit => unit.Drive == PlannedDrive.Movement)));
        Counts(recording, made.Spikes);
        Times(recording);

        var (reader, scores, given) = (recording.ComparisonScores(), recording.Layout.Comparison!.NewScores(), 0);
        while (reader.TryRead(scores))
        {
            Assert.Equal(given++, scores.Stamp.Sequence);
            Assert.Equal(0, scores.DelayBins);
            if (scores.Judged > 0)
                Assert.Equal(plan.Units.Select(unit => unit.Unit), scores.Planted[..scores.UnitCount]);
        }
        // Every five seconds, and at the end.
        Assert.Equal((Seconds / 5) + 1, given);
        Assert.InRange(scores.Judged, Frames - 530, Frames - 500);
        Assert.Equal(scores.Judged, made.Session.Comparison!.Judged);
        Assert.Equal(Units, made.Session.Comparison.Units.Count);
        Assert.Contains(made.Session.Comparison.Classes, of => of is { Name: "latent_mean", Kind: "computational" });

        Compare(plan);

        // From the recording alone: the same poses, steps and scores.
        var clock = new SessionClock();
        using var setup = SessionArchive.SetupOf(recording, body: null, animal: null);
        using var input = new RecordingInput(recording, clock, rate: null);
        using var comparison = SessionArchive.ComparisonOf(recording, setup, clock)!;
        var (body, compared, counts) = (new Reproduction(recording), new ComparisonReproduction(recording), new RecordedCounts(recording, comparison));
        using var observed = comparison.Scores.Subscribe(new Told(compared.Observe));
        using var session = new Session(setup, input, clock, tetrodes: null, comparison);
        var again = session.Run(recorder: null, body.Observe, (Action<ControlStep>)body.Observe + counts.Observe, onProgress: null, default);
        Assert.Equal(new(Frames, Frames, true, 0), body.Result);
        Assert.Equal(new(given, BitForBit: true), compared.Result());
        Assert.Equal(made.Session.Comparison.Plan, again.Comparison!.Plan);
        Assert.Equal(made.Session.Comparison.Units.Select(unit => (unit.Tetrode, unit.Unit, unit.Leading, unit.BitsPerSpike)), again.Comparison.Units.Select(unit => (unit.Tetrode, unit.Unit, unit.Leading, unit.BitsPerSpike)));
    }

    /// <summary>Bins follow each other, each centred on its pose, and count the recorded spikes within them.</summary>
    private static void Counts(SessionRecording recording, long spikes)
    {
        var (bins, bin, batches, batch) = (recording.SpikeCounts(), recording.Layout.Tetrodes!.NewSpikeCounts(), recording.Spikes(), recording.Layout.Tetrodes.NewSpikeBatch());
        var counted = new Dictionary<(long Bin, int Tetrode, int Unit), int>();
        while (batches.TryRead(batch))
            for (var i = 0; i < batch.Count; i++)
            {
                var key = ((long)Math.Floor((batch.TimesNs[i] + 10_000_000) / 20e6), batch.Tetrodes[i], batch.Units[i]);
                counted[key] = counted.GetValueOrDefault(key) + 1;
            }
        Assert.Equal(spikes, counted.Values.Sum());
        Assert.True(spikes > 100);
        for (var t = 0L; bins.TryRead(bin); t++)
        {
            Assert.Equal((t, Units, SpikeCountFlags.None), (bin.Stamp.Sequence, bin.UnitCount, bin.Flags));
            Assert.Equal((20_000_000, (20_000_000 * t) - 10_000_000), (bin.WidthNs, bin.Start.Nanoseconds));
            for (var unit = 0; unit < Units; unit++)
                Assert.Equal(counted.GetValueOrDefault((t, unit / 4, (unit % 4) + 1)), bin.Counts[unit]);
        }
    }

    /// <summary>The command finds the plan and the session's own scores in the recording, unit by unit.</summary>
    private void Compare(PlantedPlan plan)
    {
        var run = ProgramRunner.Run(
            "compare", Path.Combine(_folder["out"], PlantedSession.FileName), "--out", _folder["compared"], "--json", _folder["compared.json"], "--lags", "-200:200:200", "--folds", "6", "--only", "joint_angles,latent_mean");
        Assert.True(run.ExitCode == 0, run.ToString());
        using var json = JsonDocument.Parse(File.ReadAllText(_folder["compared.json"]));
        Assert.Equal(
            plan.Units.Select(unit => unit.Drive == PlannedDrive.None ? "none" : unit.Class),
            json.RootElement.GetProperty("per_unit").EnumerateArray().Select(unit => unit.GetProperty("planted_class").GetString()));
        var (agreement, online) = (json.RootElement.GetProperty("plan_agreement"), json.RootElement.GetProperty("online_agreement"));
        var driven = plan.Units.Count(unit => unit.Class is "joint_angles" or "latent_mean" && unit.RateHz >= PlanAgreement.LeastRateHz);
        Assert.Equal((Units, driven, 2), (agreement.GetProperty("planted").GetInt32(), agreement.GetProperty("driven").GetInt32(), agreement.GetProperty("unrelated").GetInt32()));
        Assert.True(online.GetProperty("pairs").GetInt32() > 0);
    }

    /// <summary>Poses are captured at the animal's own times.</summary>
    private static void Times(SessionRecording recording)
    {
        var (poses, pose) = (recording.Poses(), recording.Layout.NewPose());
        for (var t = 0L; poses.TryRead(pose); t++)
            Assert.Equal(20_000_000 * t, pose.Stamp.Captured.Nanoseconds);
    }

    private sealed class Told(Action<ComparisonScores> take) : IObserver<ComparisonScores>
    {
        public void OnNext(ComparisonScores value) => take(value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error) => throw error;
    }
}
