using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;

namespace ClosedLoop.Tests.Sessions;

/// <summary>A session under the control clock, whose source skips, delays and bursts.</summary>
[Collection(LaboratoryCollection.Name)]
public sealed class LiveSessionTests(MeasuredLaboratory laboratory)
{
    private const int Sets = 125;

    /// <summary>
    /// Of every 12 sets one comes 8 ms after its time, beyond the grace, and the one after it never; two pauses are longer
    /// than a pose is extrapolated; and three times three sets come at once.
    /// </summary>
    private static double? Troubled(int frame) => frame switch
    {
        >= 50 and < 56 or >= 90 and < 96 => null,
        30 or 60 or 80 => 40,
        31 or 61 or 81 => 20,
        _ when frame > 2 && frame % 12 == 3 => 8,
        _ when frame > 2 && frame % 12 == 4 => null,
        _ => 0,
    };

    [Fact]
    public void A_troubled_live_session_keeps_its_beat_and_its_recording_gives_it_again_bit_for_bit()
    {
        var path = laboratory.NewFile("mcap");
        var clock = new SessionClock();
        using var source = new ScriptedSource(laboratory.Frames[..Sets], clock, Troubled);
        using var setup = laboratory.Setup();
        using var input = new LiveInput(source, clock, setup.Configuration.GraceS, seconds: null);
        var result = MeasuredLaboratory.Run(setup, input, clock, path, null, null, default);

        Assert.Equal(0, input.OutstandingKeypoints);
        Assert.True(result.MissedTicks > 10, $"{result.MissedTicks} missed");
        Assert.True(result.LateTicks > 0, $"{result.LateTicks} late");
        Assert.True(result.Dropped["keypoints to control"] >= 3, $"{result.Dropped["keypoints to control"]} dropped");
        // The clock beats on without sets: as many beats as the animal's time has, but for what the end is off.
        Assert.InRange(result.Frames, Sets - 3, Sets + 3);
        Assert.True(result.Registration.Flags.ContainsKey("Extrapolated") && result.Registration.Flags.ContainsKey("Held"), string.Join(", ", result.Registration.Flags));

        using (var recording = SessionRecording.Open(path))
        {
            // What no beat saw is recorded too.
            Assert.Equal(source.Delivered, recording.Count(RecordingTopics.Keypoints));
            Assert.Equal(result.Frames, recording.Count(RecordingTopics.Ticks));
            var (held, step, steps) = (0, recording.Layout.NewControlStep(), recording.ControlSteps());
            while (steps.TryRead(step))
                held += step.Flags.HasFlag(ControlFlags.ReferenceHeld) ? 1 : 0;
            Assert.InRange(held, 10, result.Frames);
        }
        var again = MeasuredLaboratory.Replay(path);
        Assert.Equal(result.Digest, again.Digest);
        Assert.True(again.Reproduction!.BitForBit);
        Assert.Equal(result.Registration.Flags, again.Registration.Flags);
    }

    [Fact]
    public void A_live_session_allocates_nothing_per_beat_and_ends_when_its_time_is_up()
    {
        var clock = new SessionClock();
        using var source = new ScriptedSource(laboratory.Frames, clock, Troubled);
        using var setup = laboratory.Setup();
        using var input = new LiveInput(source, clock, setup.Configuration.GraceS, seconds: 3);
        var result = MeasuredLaboratory.Run(setup, input, clock, laboratory.NewFile("mcap"), null, null, default);
        Assert.Equal(150, result.Frames);
        Assert.False(result.Stopped);
        Assert.True(result.WallS > 149 / MeasuredLaboratory.RateHz * 0.98, $"faster than real time: {result.WallS} s");
        Assert.Equal(0, result.AllocatedBytesPerFrame);
        Assert.Equal(0, input.OutstandingKeypoints);
    }

    [Fact]
    public void A_live_session_that_is_stopped_gives_everything_back()
    {
        var path = laboratory.NewFile("mcap");
        var clock = new SessionClock();
        using var stop = new CancellationTokenSource();
        using var source = new ScriptedSource(laboratory.Frames, clock);
        using var setup = laboratory.Setup();
        using var input = new LiveInput(source, clock, setup.Configuration.GraceS, seconds: null);
        var seen = 0;
        var result = MeasuredLaboratory.Run(setup, input, clock, path, _ => { if (++seen == 20) stop.Cancel(); }, null, stop.Token);
        Assert.True(result.Stopped);
        Assert.InRange(result.Frames, 20, 21);
        Assert.Equal(0, input.OutstandingKeypoints);
        using (var recording = SessionRecording.Open(path))
            Assert.True(recording.IsWhole);
        Assert.Equal(result.Digest, MeasuredLaboratory.Replay(path).Digest);
    }

    [Fact]
    public void A_live_source_that_breaks_ends_the_session_with_its_own_words()
    {
        var path = laboratory.NewFile("mcap");
        var clock = new SessionClock();
        using var source = new ScriptedSource(laboratory.Frames, clock, failAt: 15, failure: ClosedLoopException.Failed("the camera was unplugged"));
        using var setup = laboratory.Setup();
        using var input = new LiveInput(source, clock, setup.Configuration.GraceS, seconds: null);
        var error = Assert.Throws<ClosedLoopException>(() => MeasuredLaboratory.Run(setup, input, clock, path, null, null, default));
        Assert.Equal("the camera was unplugged", error.Message);
        Assert.Equal(0, input.OutstandingKeypoints);
        using var recording = SessionRecording.Open(path);
        Assert.True(recording.IsWhole);
        Assert.Equal(15, recording.Count(RecordingTopics.Keypoints));
    }

    [Fact]
    public void A_live_source_that_never_delivers_is_no_session_but_no_failure()
    {
        var clock = new SessionClock();
        using var source = new ScriptedSource([], clock);
        using var setup = laboratory.Setup();
        using var input = new LiveInput(source, clock, setup.Configuration.GraceS, seconds: 1);
        var result = MeasuredLaboratory.Run(setup, input, clock, null, null, null, default);
        Assert.Equal(0, result.Frames);
        Assert.True(double.IsNaN(result.AllocatedBytesPerFrame));
    }
}
