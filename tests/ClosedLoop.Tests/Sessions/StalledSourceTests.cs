using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Tests.PoseTracking;
using ClosedLoop.Tests.Recording;
using ClosedLoop.Tests.Recording.Session;

namespace ClosedLoop.Tests.Sessions;

/// <summary>A session whose source falls silent.</summary>
public sealed class StalledSourceTests
{
    [Fact]
    public void A_silent_source_is_told_of_once_counted_and_kept_in_telemetry()
    {
        const int Frames = 60;
        using var folder = new TemporaryFolder();
        var clock = new SessionClock();
        using var setup = new SessionSetup(
            PlantedAnimal.Instance.Description, PlantedAnimal.Instance.TrueAnimal, KeypointLayout.Rat23, new() { RateHz = 50 });
        using var source = new StalledSource(clock, Frames, silentAfter: 30, silenceS: 2);
        using var input = new LiveInput(source, clock, setup.Configuration.GraceS, seconds: null);
        using var session = new Session(setup, input, clock);
        var shown = new List<SessionProgress>();
        SessionResult result;
        using (var recorder = SessionRecorder.Start(folder["stalled.mcap"], SessionArchive.ContentOf(setup, clock)))
        {
            result = session.Run(recorder, null, null, shown.Add, CancellationToken.None);
            recorder.Finish();
        }

        // NB: a machine that pauses for a second itself makes a second stall of the first.
        Assert.InRange(result.Stalls, 1, 2);
        Assert.InRange(result.LongestSilenceS, 1.5, 60);
        Assert.InRange(result.MissedTicks, 30, long.MaxValue);
        Assert.InRange(result.Frames, Frames, long.MaxValue);
        Assert.Equal(0, input.OutstandingKeypoints);

        var alarms = shown.Where(progress => progress.Alarm is not null).ToList();
        Assert.InRange(alarms.Count(progress => progress.Alarm!.StartsWith("NO KEYPOINTS", StringComparison.Ordinal)), 1, (int)result.Stalls);
        Assert.Contains("a camera with a loose cable", alarms[0].Alarm, StringComparison.Ordinal);
        Assert.True(alarms[0].Stream!.IsStalled);
        Assert.Contains("are back after", alarms[1].Alarm, StringComparison.Ordinal);
        Assert.Equal(Frames, shown[^1].Stream!.Received);

        using var recording = SessionRecording.Open(folder["stalled.mcap"]);
        var told = recording.Telemetry().Where(line => line.Json.Contains("NO KEYPOINTS", StringComparison.Ordinal)).ToList();
        Assert.InRange(told.Count, 1, (int)result.Stalls);
        Assert.Contains("\"is_stalled\":true", told[0].Json, StringComparison.Ordinal);
        Assert.All(recording.Telemetry(), line => Assert.Contains("\"bytes_written\":", line.Json, StringComparison.Ordinal));
        Assert.Equal(Frames, recording.Count(RecordingTopics.Keypoints));
    }

    [Fact]
    public void A_recording_that_does_not_grow_is_told_of_while_the_session_waits_for_its_disk()
    {
        var clock = new SessionClock();
        using var setup = new SessionSetup(
            PlantedAnimal.Instance.Description, PlantedAnimal.Instance.TrueAnimal, KeypointLayout.Rat23, new() { RateHz = 50 });
        using var source = new StalledSource(clock, frames: 200, silentAfter: 200, silenceS: 0);
        using var input = new LiveInput(source, clock, setup.Configuration.GraceS, seconds: null);
        using var session = new Session(setup, input, clock);
        var disk = new FailingDisk();
        var options = new SessionRecorderOptions();
        using var recorder = SessionRecorder.Start(
            new RecordingFile("hung.mcap", disk, () => disk.Free, options.ChunkBytes), SessionArchive.ContentOf(setup, clock), options);
        var alarms = new List<string>();
        disk.Hang();
        session.Run(recorder, null, null, progress =>
        {
            if (progress.Alarm is not { } alarm)
                return;
            alarms.Add(alarm);
            disk.RunAgain();
        }, CancellationToken.None);
        recorder.Finish();
        Assert.StartsWith("NO RECORDED DATA", alarms[0], StringComparison.Ordinal);
        Assert.Contains("nothing reaches 'hung.mcap'", alarms[0], StringComparison.Ordinal);
        Assert.Contains(alarms, alarm => alarm.Contains("recorded data are back", StringComparison.Ordinal));
        Assert.Equal(0, recorder.OutstandingBlocks);
    }

    [Fact]
    public void A_source_that_never_delivers_is_told_of_and_can_be_ended()
    {
        var clock = new SessionClock();
        using var setup = new SessionSetup(
            PlantedAnimal.Instance.Description, PlantedAnimal.Instance.TrueAnimal, KeypointLayout.Rat23, new() { RateHz = 50 });
        using var source = new StalledSource(clock, 10, silentAfter: 0, silenceS: 1000);
        using var input = new LiveInput(source, clock, setup.Configuration.GraceS, seconds: 1);
        using var session = new Session(setup, input, clock);
        using var stop = new CancellationTokenSource();
        var alarms = new List<string>();
        var result = session.Run(null, null, null, progress =>
        {
            if (progress.Alarm is not { } alarm)
                return;
            alarms.Add(alarm);
            stop.Cancel();
        }, stop.Token);
        Assert.StartsWith("NO KEYPOINTS yet", Assert.Single(alarms), StringComparison.Ordinal);
        Assert.True(result.Stopped);
        Assert.Equal((0, 1), (result.Frames, result.Stalls));
    }
}
