using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;

namespace ClosedLoop.Tests.Sessions;

/// <summary>The whole path from keypoints to action, as fast as it goes.</summary>
[Collection(LaboratoryCollection.Name)]
public sealed class SessionTests(MeasuredLaboratory laboratory)
{
    [Fact]
    public void Every_keypoint_set_becomes_one_tick_one_pose_and_one_control_step()
    {
        var path = laboratory.NewFile("mcap");
        var (poses, steps) = (new List<Pose>(), new List<ControlStep>());
        using var setup = laboratory.Setup();
        var layout = setup.RecordingLayout;
        var result = laboratory.Play(record: path, onPose: Keep(poses, layout), onStep: Keep(steps, layout));
        Assert.Equal(laboratory.Frames.Count, result.Frames);
        Assert.Equal(laboratory.Frames.Count / MeasuredLaboratory.RateHz, result.DurationS);
        Assert.Equal((result.Frames, result.Frames), (poses.Count, steps.Count));
        Assert.False(result.Stopped);

        // What was seen on the way is what was recorded, in order, each with where it came from.
        using var recording = SessionRecording.Open(path);
        Assert.True(recording.IsWhole);
        var (recordedSets, recordedPoses, recordedSteps, ticks) = (recording.Keypoints(), recording.Poses(), recording.ControlSteps(), recording.Ticks());
        var (set, tickSet, pose, step) = (layout.NewKeypoints(), layout.NewKeypoints(), layout.NewPose(), layout.NewControlStep());
        for (var i = 0; i < result.Frames; i++)
        {
            Assert.True(ticks.TryRead(tickSet, out var tick));
            Assert.True(recordedSets.TryRead(set) && recordedPoses.TryRead(pose) && recordedSteps.TryRead(step));
            Assert.Equal(laboratory.Frames[i].Positions, set.Positions);
            Tests.Recording.Session.Bits.Equal(poses[i], pose);
            Tests.Recording.Session.Bits.Equal(steps[i], step);
            Assert.Equal((i, i), (tick.Index, set.Stamp.Sequence));
            Assert.Equal((i, i), (pose.Stamp.Sequence, pose.KeypointsSequence));
            Assert.Equal(i, step.Stamp.Sequence);
            // NB: latency anywhere is a subtraction: all that follows a set keeps the time of its capture.
            Assert.Equal((set.Stamp.Captured, set.Stamp.Captured), (pose.Stamp.Captured, step.Stamp.Captured));
            Assert.True(set.Stamp.Produced <= pose.Stamp.Produced && pose.Stamp.Produced <= step.Stamp.Produced);
        }
        Assert.False(recordedSets.TryRead(set) || recordedPoses.TryRead(pose) || recordedSteps.TryRead(step) || ticks.TryRead(tickSet, out _));
        Assert.True(recording.Count(RecordingTopics.Telemetry) > 0);
    }

    [Fact]
    public void The_virtual_rodent_follows_the_animal()
    {
        var errors = new List<double>();
        var result = laboratory.Play(onStep: step => errors.Add(step.RootErrorM * 1000));
        Assert.InRange(result.Registration.MeanMarkerErrorMm, 0.1, 4);
        Assert.InRange(result.Registration.P95MarkerErrorMm, result.Registration.MeanMarkerErrorMm, 10);
        // The summary's median is the median of what was seen, to the width of a histogram's bin.
        var seen = errors.Where(double.IsFinite).Order().ToList();
        Assert.InRange(result.Imitation.MedianRootErrorMm / seen[seen.Count / 2], 0.97, 1.03);
        Assert.Equal(result.Imitation.Resets, result.Imitation.ResetsFallen + result.Imitation.ResetsLeftReference + result.Imitation.ResetsUnstable);
    }

    [Fact]
    public void Nothing_is_allocated_per_frame_from_keypoints_to_action_with_everything_recorded()
    {
        var (warm, end, frames) = (0L, 0L, 0);
        var result = laboratory.Play(record: laboratory.NewFile("mcap"), onStep: _ =>
        {
            end = GC.GetAllocatedBytesForCurrentThread();
            if (++frames == 100)
                warm = end;
        });
        // Once by the session's own count, which a summary shows, and once by ours.
        Assert.Equal(0, result.AllocatedBytesPerFrame);
        Assert.Equal(0, end - warm);
        Assert.Equal(laboratory.Frames.Count, frames);
    }

    [Fact]
    public void An_allocation_on_the_path_is_counted()
    {
        // The count that is to be zero is not zero by construction.
        var kept = new List<byte[]>(1000);
        var result = laboratory.Play(onStep: _ => kept.Add(new byte[1000]));
        Assert.InRange(result.AllocatedBytesPerFrame, 1000, 1100);
    }

    [Fact]
    public void The_same_ticks_give_the_same_digest_and_the_smallest_change_another()
    {
        var digest = laboratory.Play().Digest;
        Assert.Matches("^[0-9a-f]{64}$", digest);
        Assert.Equal(digest, laboratory.Play().Digest);
        var changed = new Keypoints(KeypointLayout.Rat23);
        changed.CopyFrom(laboratory.Frames[^1]);
        var present = Enumerable.Range(0, 23).First(k => changed.IsPresent(k) && changed.Confidence[k] > 0.5);
        changed.Position(present)[0] += 1e-9;
        Assert.NotEqual(digest, laboratory.Play([.. laboratory.Frames.SkipLast(1), changed]).Digest);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(10.0)]
    public void A_recording_gives_the_same_poses_and_steps_again_at_any_rate(double? rate)
    {
        var path = laboratory.NewFile("mcap");
        var original = laboratory.Play(laboratory.Frames[..200], record: path);
        var again = MeasuredLaboratory.Replay(path, rate);
        Assert.Equal(original.Digest, again.Digest);
        Assert.Equal(new ReproductionResult(200, 200, BitForBit: true, LargestDeviation: 0), again.Reproduction);
        Assert.Equal(original.Registration.MeanMarkerErrorMm, again.Registration.MeanMarkerErrorMm);
        Assert.Equal(original.Imitation, again.Imitation);
    }

    [Fact]
    public void A_session_that_is_stopped_leaves_a_whole_recording_of_what_it_did()
    {
        var path = laboratory.NewFile("mcap");
        using var stop = new CancellationTokenSource();
        var seen = 0;
        var result = laboratory.Play(record: path, cancellation: stop.Token, onPose: _ =>
        {
            if (++seen == 120)
                stop.Cancel();
        });
        Assert.True(result.Stopped);
        Assert.Equal(120, result.Frames);
        AssertWhole(path, 120);
        Assert.Equal(result.Digest, MeasuredLaboratory.Replay(path).Digest);
    }

    [Fact]
    public void A_source_that_breaks_ends_the_session_with_its_own_words()
    {
        var path = laboratory.NewFile("mcap");
        var clock = new SessionClock();
        using var source = new ScriptedSource(laboratory.Frames, failAt: 50, failure: ClosedLoopException.Failed("the camera was unplugged"));
        using var input = new SourceInput(source, clock);
        using var setup = laboratory.Setup();
        var error = Assert.Throws<ClosedLoopException>(() => MeasuredLaboratory.Run(setup, input, clock, path, null, null, default));
        Assert.Equal(("the camera was unplugged", 1), (error.Message, error.ExitCode));
        AssertWhole(path, 50);
    }

    [Fact]
    public void A_defect_in_a_stage_ends_the_session_as_it_was_thrown()
    {
        var defect = new InvalidOperationException("a defect");
        var seen = 0;
        Assert.Same(defect, Assert.Throws<InvalidOperationException>(
            () => laboratory.Play(onPose: _ => { if (++seen == 30) throw defect; })));
        Assert.Equal(30, seen);
    }

    [Fact]
    public void A_controller_that_is_not_there_is_named()
    {
        var error = Assert.Throws<ClosedLoopException>(
            () => new SessionSetup(SimulatedLaboratory.Body, laboratory.Animal, KeypointLayout.Rat23, MeasuredLaboratory.Configuration with { Controller = "magic" }));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains("'magic'", error.Message);
        Assert.Contains("servo", error.Message);
    }

    private static void AssertWhole(string path, long ticks)
    {
        using var recording = SessionRecording.Open(path);
        Assert.True(recording.IsWhole);
        foreach (var topic in (string[])[RecordingTopics.Keypoints, RecordingTopics.Ticks, RecordingTopics.Pose, RecordingTopics.Control])
            Assert.Equal(ticks, recording.Count(topic));
    }

    private static Action<Pose> Keep(List<Pose> list, RecordingLayout layout) => pose =>
    {
        var kept = layout.NewPose();
        kept.CopyFrom(pose);
        list.Add(kept);
    };

    private static Action<ControlStep> Keep(List<ControlStep> list, RecordingLayout layout) => step =>
    {
        var kept = layout.NewControlStep();
        kept.CopyFrom(step);
        list.Add(kept);
    };
}
