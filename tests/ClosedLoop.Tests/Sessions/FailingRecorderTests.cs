using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Tests.Recording.Session;

namespace ClosedLoop.Tests.Sessions;

/// <summary>A disk that is full in the middle of a session.</summary>
[Collection(LaboratoryCollection.Name)]
public sealed class FailingRecorderTests(MeasuredLaboratory laboratory)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_full_disk_ends_the_session_with_one_sentence_and_what_was_written_is_readable(bool live)
    {
        var clock = new SessionClock();
        using var setup = laboratory.Setup();
        using var source = new ScriptedSource(laboratory.Frames, live ? clock : null);
        using SessionInput input = live ? new LiveInput(source, clock, setup.Configuration.GraceS, seconds: null) : new SourceInput(source, clock);
        using var session = new Session(setup, input, clock);
        // Room for the beginning of the file and about half a second of the session.
        var disk = new FailingDisk(SizeOfBeginning(setup, clock) + 260_000);
        var options = new SessionRecorderOptions { ChunkBytes = 20_000, StopFreeBytes = 0, QueueCapacity = 16 };
        using var recorder = SessionRecorder.Start(
            new RecordingFile("full.mcap", disk, () => disk.Free, options.ChunkBytes), SessionArchive.ContentOf(setup, clock), options);

        var error = Assert.Throws<ClosedLoopException>(() => session.Run(recorder, null, null, null, default));
        Assert.Equal(1, error.ExitCode);
        Assert.Contains("'full.mcap' ended early: No space left on device", error.Message);
        Assert.DoesNotContain('\n', error.Message);
        recorder.Dispose();
        Assert.Equal(0, recorder.OutstandingBlocks);
        Assert.Equal(0, (input as LiveInput)?.OutstandingKeypoints ?? 0);
        Assert.InRange(session.Statistics.Frames, 10, laboratory.Frames.Count - 1);

        var path = laboratory.NewFile("mcap");
        File.WriteAllBytes(path, disk.Content);
        using (var recording = SessionRecording.Open(path))
        {
            Assert.False(recording.IsWhole);
            Assert.InRange(recording.Count(RecordingTopics.Pose), 10, session.Statistics.Frames);
            Assert.Equal(recorder.Statistics.MessagesInFile, RecordedTopics(recording));
        }
        // And it can be replayed as far as it goes, to the last bit.
        var again = MeasuredLaboratory.Replay(path);
        Assert.True(again.Reproduction!.BitForBit);
        Assert.InRange(again.Frames, 10, session.Statistics.Frames);
    }

    private static long RecordedTopics(SessionRecording recording) =>
        ((string[])[RecordingTopics.Keypoints, RecordingTopics.Ticks, RecordingTopics.Pose, RecordingTopics.Control, RecordingTopics.Telemetry]).Sum(recording.Count);

    private static long SizeOfBeginning(SessionSetup setup, SessionClock clock)
    {
        var disk = new FailingDisk();
        using var recorder = SessionRecorder.Start(new RecordingFile("empty.mcap", disk, () => disk.Free, 20_000), SessionArchive.ContentOf(setup, clock), new());
        return recorder.Statistics.BytesInFile;
    }
}
