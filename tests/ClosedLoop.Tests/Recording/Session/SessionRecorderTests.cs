using ClosedLoop.Core;
using ClosedLoop.Recording;
using Xunit;

namespace ClosedLoop.Tests.Recording.Session;

public sealed class SessionRecorderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_is_there_is_refused_unless_it_may_be_overwritten()
    {
        var session = new RandomSession(ticks: 2);
        File.WriteAllText(_folder["a.mcap"], "precious");
        var error = Assert.Throws<ClosedLoopException>(() => SessionRecorder.Start(_folder["a.mcap"], session.Content));
        Assert.Equal(2, error.ExitCode);
        Assert.Equal("precious", File.ReadAllText(_folder["a.mcap"]));
        using (var recorder = SessionRecorder.Start(_folder["a.mcap"], session.Content, new() { Overwrite = true }))
            session.WriteTo(recorder);
        using var recording = SessionRecording.Open(_folder["a.mcap"]);
        Assert.Equal(2, recording.Count(RecordingTopics.Pose));
    }

    [Fact]
    public void The_folder_is_made_and_a_place_that_cannot_be_written_to_is_named()
    {
        var session = new RandomSession(ticks: 1);
        using (var recorder = SessionRecorder.Start(_folder["deep/down/a.mcap"], session.Content))
            session.WriteTo(recorder);
        Assert.True(File.Exists(_folder["deep/down/a.mcap"]));
        var error = Assert.Throws<ClosedLoopException>(() => SessionRecorder.Start(_folder["deep/down/a.mcap/b.mcap"], session.Content));
        Assert.Contains("b.mcap", error.Message);
    }

    [Fact]
    public void A_nearly_full_disk_is_refused_at_the_start()
    {
        var options = new SessionRecorderOptions { StartFreeBytes = long.MaxValue };
        var error = Assert.Throws<ClosedLoopException>(() => SessionRecorder.Start(_folder["a.mcap"], new RandomSession(1).Content, options));
        Assert.Contains("free", error.Message);
        Assert.False(File.Exists(_folder["a.mcap"]));
    }

    [Fact]
    public void Nothing_is_allocated_per_record_on_either_thread_once_warm()
    {
        var session = new RandomSession(ticks: 400);
        // Both periods are short, so that chunks are closed and synced many times within the measured part.
        using var recorder = SessionRecorder.Start(_folder["a.mcap"], session.Content, new() { ChunkPeriodMs = 5, SyncPeriodMs = 5, ChunkBytes = 1 << 16 });
        session.WriteTo(recorder, 0, 200);
        WaitFor(() => recorder.Statistics.MessagesInFile == recorder.Statistics.Messages);
        Thread.Sleep(30);
        var writerBefore = recorder.WriterAllocatedBytes;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 200; i < 400; i++)
        {
            if (session.Ticks[i].Keypoints is { } keypoints)
                recorder.Write(keypoints);
            recorder.Write(session.Ticks[i]);
            recorder.Write(session.Poses[i]);
            recorder.Write(session.Steps[i]);
            recorder.WriteTelemetry(session.Ticks[i].Time, "{\"latency_ms\":0.5}"u8);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        WaitFor(() => recorder.Statistics.MessagesInFile == recorder.Statistics.Messages);
        Thread.Sleep(30);
        Assert.Equal(0, recorder.WriterAllocatedBytes - writerBefore);
        recorder.Finish();
    }

    [Fact]
    public void Records_reach_the_file_within_the_chunks_period_without_being_asked()
    {
        var session = new RandomSession(ticks: 3);
        var path = _folder["a.mcap"];
        using var recorder = SessionRecorder.Start(path, session.Content, new() { ChunkPeriodMs = 20 });
        session.WriteTo(recorder);
        WaitFor(() => recorder.Statistics.MessagesInFile == recorder.Statistics.Messages);
        // As after a kill: the file as it stands now, while the recorder still runs.
        File.Copy(path, _folder["killed.mcap"]);
        using var recording = SessionRecording.Open(_folder["killed.mcap"]);
        Assert.False(recording.IsWhole);
        Assert.Equal(3, recording.Count(RecordingTopics.Control));
        Assert.Equal("0123abc", recording.Metadata["versions"]["git_commit"]);
    }

    [Fact]
    public void A_full_disk_ends_the_recording_with_its_place_and_what_is_safe()
    {
        var session = new RandomSession(ticks: 400);
        var disk = new FailingDisk(capacity: 300_000);
        var options = new SessionRecorderOptions { ChunkBytes = 20_000, StopFreeBytes = 0, QueueCapacity = 16 };
        using var recorder = SessionRecorder.Start(new RecordingFile("full.mcap", disk, () => disk.Free, options.ChunkBytes), session.Content, options);
        var error = Assert.Throws<ClosedLoopException>(() => session.WriteTo(recorder));
        Assert.Equal(1, error.ExitCode);
        Assert.Contains("'full.mcap' ended early: No space left on device (0 bytes free)", error.Message);
        Assert.Equal(error.Message, Assert.Throws<ClosedLoopException>(() => recorder.Write(session.Poses[0])).Message);
        Assert.Equal(error.Message, Assert.Throws<ClosedLoopException>(() => recorder.Finish()).Message);
        Assert.Equal(0, recorder.OutstandingBlocks);

        // The half-written chunk was cut off: what is left is whole records.
        var safe = recorder.Statistics.MessagesInFile;
        Assert.InRange(safe, 100, 399 * 4);
        Assert.Contains($"first {safe} records", error.Message);
        File.WriteAllBytes(_folder["full.mcap"], disk.Content);
        using var recording = SessionRecording.Open(_folder["full.mcap"]);
        Assert.Equal(disk.Content.Length, recorder.Statistics.BytesInFile);
        var pose = recording.Layout.NewPose();
        var poses = recording.Poses();
        for (var i = 0; i < recording.Count(RecordingTopics.Pose); i++)
        {
            Assert.True(poses.TryRead(pose));
            Bits.Equal(session.Poses[i], pose);
        }
    }

    [Fact]
    public void A_disk_that_runs_low_ends_the_recording_while_the_file_can_still_be_made_whole()
    {
        var session = new RandomSession(ticks: 50);
        var path = _folder["low.mcap"];
        var free = 1_000_000L;
        var options = new SessionRecorderOptions { SyncPeriodMs = 10, StopFreeBytes = 500_000 };
        var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        using (var recorder = SessionRecorder.Start(new RecordingFile(path, stream, () => Interlocked.Read(ref free), options.ChunkBytes), session.Content, options))
        {
            session.WriteTo(recorder);
            Interlocked.Exchange(ref free, 400_000);
            var error = default(ClosedLoopException);
            WaitFor(() => (error = Record.Exception(() => recorder.Write(session.Poses[0])) as ClosedLoopException) is not null);
            Assert.Contains("only 0.4 MB left", error!.Message);
        }
        using var recording = SessionRecording.Open(path);
        Assert.True(recording.IsWhole);
        Assert.Equal(50, recording.Count(RecordingTopics.Control));
    }

    [Fact]
    public void A_slow_disk_makes_the_caller_wait_and_loses_nothing()
    {
        var session = new RandomSession(ticks: 30);
        var disk = new FailingDisk();
        var options = new SessionRecorderOptions { ChunkBytes = 1, QueueCapacity = 4 };
        using var recorder = SessionRecorder.Start(new RecordingFile("slow.mcap", disk, () => disk.Free, options.ChunkBytes), session.Content, options);
        disk.Hang();
        using var resume = new Timer(_ => disk.RunAgain(), null, 100, Timeout.Infinite);
        session.WriteTo(recorder);
        recorder.Finish();
        Assert.True(recorder.Statistics.LongestWaitMs > 10);
        Assert.Equal(4, recorder.Statistics.Queue.MaxDepth);
        File.WriteAllBytes(_folder["slow.mcap"], disk.Content);
        using var recording = SessionRecording.Open(_folder["slow.mcap"]);
        Assert.Equal(30, recording.Count(RecordingTopics.Control));
        Assert.True(recording.IsWhole);
    }

    [Fact]
    public void A_disk_that_hangs_frees_the_waiting_caller_with_an_error()
    {
        var session = new RandomSession(ticks: 30);
        var disk = new FailingDisk();
        var options = new SessionRecorderOptions { ChunkBytes = 1, QueueCapacity = 4, StallLimitMs = 100 };
        using var recorder = SessionRecorder.Start(new RecordingFile("hung.mcap", disk, () => disk.Free, options.ChunkBytes), session.Content, options);
        disk.Hang();
        var error = Assert.Throws<ClosedLoopException>(() => session.WriteTo(recorder));
        Assert.Contains("not taken any data for 0.1 s", error.Message);
        Assert.Throws<ClosedLoopException>(() => recorder.Finish());
        disk.RunAgain();
    }

    [Fact]
    public async Task Several_threads_may_record_at_once_and_each_keeps_its_order()
    {
        var session = new RandomSession(ticks: 300);
        var path = _folder["a.mcap"];
        using (var recorder = SessionRecorder.Start(path, session.Content, new() { QueueCapacity = 8, ChunkBytes = 10_000 }))
            await Task.WhenAll(
                Task.Run(() => session.Keypoints.ForEach(recorder.Write)),
                Task.Run(() => session.Poses.ForEach(recorder.Write)),
                Task.Run(() => session.Steps.ForEach(recorder.Write)));
        using var recording = SessionRecording.Open(path);
        var (keypoints, poses, steps) = (recording.Keypoints(), recording.Poses(), recording.ControlSteps());
        var (set, pose, step) = (recording.Layout.NewKeypoints(), recording.Layout.NewPose(), recording.Layout.NewControlStep());
        foreach (var expected in session.Keypoints)
        {
            Assert.True(keypoints.TryRead(set));
            Bits.Equal(expected, set);
        }
        for (var i = 0; i < 300; i++)
        {
            Assert.True(poses.TryRead(pose) && steps.TryRead(step));
            Bits.Equal(session.Poses[i], pose);
            Bits.Equal(session.Steps[i], step);
        }
    }

    [Fact]
    public void A_record_of_other_sizes_is_refused()
    {
        using var recorder = SessionRecorder.Start(_folder["a.mcap"], new RandomSession(1).Content);
        Assert.Throws<ArgumentException>(() => recorder.Write(new Pose(7, 6, 23)));
        recorder.Finish();
        Assert.Throws<ClosedLoopException>(() => recorder.Write(recorder.Layout.NewPose()));
    }

    private static void WaitFor(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
            Thread.Sleep(5);
        Assert.True(condition());
    }
}
