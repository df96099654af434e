using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Tests.Sessions;

namespace ClosedLoop.Tests.OnlineComparing;

/// <summary>The comparison never makes the control thread wait while it is live, and ends whatever happens.</summary>
[Collection(LaboratoryCollection.Name)]
public sealed class ComparisonStageTests(MeasuredLaboratory laboratory)
{
    [Fact]
    public void What_finds_no_room_is_left_out_and_counted_and_costs_the_control_thread_no_memory()
    {
        const int Beats = 700;
        using var setup = laboratory.Setup();
        using var stage = new ComparisonStage(setup, new() { ScaleSeconds = 1 }, unitCapacity: 5, new(), isLive: true);
        var (pose, step, bin) = (setup.RecordingLayout.NewPose(), setup.RecordingLayout.NewControlStep(), new SpikeCounts(5) { UnitCount = 3 });
        // Nobody reads yet: the queues fill up, and who writes goes on.
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var beat = 0; beat < Beats; beat++)
            Take(stage, pose, step, bin, beat);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8191);
        Assert.Equal(["body to comparison", "counts to comparison"], stage.Queues.Select(queue => queue.Name));
        var dropped = stage.Queues.Sum(queue => queue.Dropped);
        Assert.Equal((2 * Beats) - stage.Queues.Sum(queue => queue.Capacity), dropped);
        Assert.True(dropped > 0);

        stage.Start();
        stage.EndBody();
        stage.Finish();
        var result = stage.Result()!;
        Assert.Equal(dropped, result.Dropped);
        Assert.Equal(3, result.Units.Count);
        Assert.InRange(result.Judged, 1, stage.Queues[0].Capacity);
    }

    [Fact]
    public void A_comparison_that_fails_frees_those_who_wait_for_it_and_says_so_at_the_end()
    {
        using var setup = laboratory.Setup();
        using var stage = new ComparisonStage(setup, new() { ScaleSeconds = 1, EverySeconds = 2 }, unitCapacity: 5, new(), isLive: false);
        using var failing = stage.Scores.Subscribe(new Failing());
        var (pose, step, bin) = (setup.RecordingLayout.NewPose(), setup.RecordingLayout.NewControlStep(), new SpikeCounts(5) { UnitCount = 3 });
        stage.Start();
        // Many more than find room: without the failure's end this would wait for ever.
        for (var beat = 0; beat < 2000; beat++)
            Take(stage, pose, step, bin, beat);
        var told = Assert.Throws<ClosedLoopException>(stage.Finish);
        Assert.Contains("disk is full", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_and_numbers_that_cannot_be_are_refused_by_name()
    {
        using var setup = laboratory.Setup();
        var wrong = Assert.Throws<ClosedLoopException>(() => new ComparisonStage(setup, new() { Classes = ["latent_meen"] }, 5, new(), isLive: true));
        Assert.Contains("latent_mean", wrong.Message, StringComparison.Ordinal);
        Assert.Throws<ClosedLoopException>(() => new ComparisonStage(setup, new() { LagsMs = [] }, 5, new(), isLive: true));
        Assert.Throws<ClosedLoopException>(() => new ComparisonStage(setup, new() { EverySeconds = 0 }, 5, new(), isLive: true));
    }

    private static void Take(ComparisonStage stage, Pose pose, ControlStep step, SpikeCounts bin, int beat)
    {
        var time = SessionTime.FromSeconds(0.02 * beat);
        pose.Stamp = new(beat, beat, -1, time, time);
        pose.KeypointsSequence = beat;
        pose.Qpos[3] = 1;
        step.Stamp = pose.Stamp;
        step.ReferenceSequence = beat - 4 < 0 ? RecordStamp.None : beat - 4;
        step.Activations[beat % step.Activations.Length] = beat;
        bin.Stamp = new(beat, 0, -1, time, time);
        bin.Counts[beat % 3] = beat % 2;
        stage.Take(pose, new ControlTick(beat, time, null));
        stage.Take(step);
        stage.Take(bin);
    }

    private sealed class Failing : IObserver<ComparisonScores>
    {
        public void OnNext(ComparisonScores value) => throw ClosedLoopException.Failed("the disk is full");

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
