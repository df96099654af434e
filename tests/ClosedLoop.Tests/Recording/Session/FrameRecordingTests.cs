using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Acquisition;
using ClosedLoop.Tests.Recording.Mcap;
using Xunit;
using Xunit.Abstractions;

namespace ClosedLoop.Tests.Recording.Session;

/// <summary>Images in a recording: they come back as they went in, whoever reads them, and none is lost silently.</summary>
public sealed class FrameRecordingTests(ITestOutputHelper output) : IDisposable
{
    private static readonly FrameLayout Layout = new(["cam1", "cam2", "side"], [.. Enumerable.Repeat((CodedImages.Width, CodedImages.Height, 3), 3)], 50);
    private readonly TemporaryFolder _folder = new();
    private readonly JpegImages _codec = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sets_come_back_with_every_stamp_and_image_and_what_was_missing_is_missing()
    {
        var path = _folder["a.mcap"];
        using (var recorder = SessionRecorder.Start(path, Content() with { Attachments = [new(RecordingContent.CalibrationName, "application/yaml", "kind: rig-calibration"u8.ToArray())] }))
        {
            Write(recorder, 0, 60);
            recorder.Finish();
            Assert.Equal(0, recorder.OutstandingBlocks);
            var statistics = recorder.Statistics;
            Assert.Equal((60 * 3) - 12, statistics.Images);
            Assert.Equal((0, 60), (statistics.FrameQueue!.Dropped, statistics.FrameQueue.Enqueued));
            output.WriteLine($"JPEG encode {statistics.MeanEncodeMs:F2} ms a view, {statistics.BytesInFile / statistics.Images} bytes an image");
        }
        var recording = SessionRecording.Open(path);
        Assert.Equal(60, recording.Count(RecordingTopics.Frames));
        Assert.Equal("kind: rig-calibration", Encoding.UTF8.GetString(recording.ReadAttachment(RecordingContent.CalibrationName).Data));
        using var source = new RecordingFrameSource(recording, _codec);
        Assert.Equal(Layout.CameraNames, source.CameraNames);
        Assert.Equal(Layout.Cameras, source.Cameras);
        Assert.Equal(50, source.RateHz);
        var (expected, set) = (Layout.NewFrameSet(), Layout.NewFrameSet());
        for (var i = 0; i < 60; i++)
        {
            Make(expected, i);
            Assert.True(source.TryRead(set, default));
            Assert.Equal(expected.Stamp, set.Stamp);
            Assert.Equal(expected.Present, set.Present);
            for (var camera = 0; camera < 3; camera++)
            {
                Assert.Equal(expected.Present[camera] ? expected.Stamps[camera] : default, set.Stamps[camera]);
                if (!set.Present[camera])
                    continue;
                Assert.Equal((camera, i), CodedImages.Read(set.Pixels[camera]));
                // The picture below the squares is smooth: quality 90 keeps it within a grey level or two.
                Assert.InRange(expected.Pixels[camera].Skip(3 * 320 * 40).Zip(set.Pixels[camera].Skip(3 * 320 * 40), (a, b) => Math.Abs(a - b)).Average(), 0, 2);
            }
        }
        Assert.False(source.TryRead(set, default));
    }

    [Fact]
    public void Sets_of_a_range_are_those_that_were_asked_for()
    {
        var path = _folder["a.mcap"];
        using (var recorder = SessionRecorder.Start(path, Content()))
            Write(recorder, 0, 10);
        var set = Layout.NewFrameSet();
        foreach (var (range, sequences) in new[] { ("3:6", Enumerable.Range(3, 3)), ("8:", Enumerable.Range(8, 2)), (":1", Enumerable.Range(0, 1)) })
        {
            using var source = new RecordingFrameSource(SessionRecording.Open(path), _codec, frames: FrameRange.Parse(range));
            var read = new List<int>();
            while (source.TryRead(set, default))
                read.Add((int)set.Stamp.Sequence);
            Assert.Equal(sequences, read);
            Assert.Equal(read.Count, source.SetCount);
        }
        using var recording = SessionRecording.Open(path);
        foreach (var range in new[] { "10:", "2:11" })
            Assert.Contains(
                $"the frames {FrameRange.Parse(range)} were asked for, but '{path}' has the frames 0:10",
                Assert.Throws<ClosedLoopException>(() => new RecordingFrameSource(recording, _codec, frames: FrameRange.Parse(range))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void At_a_rate_sets_keep_the_recorded_pace_and_a_cancelled_read_loses_none()
    {
        var path = _folder["a.mcap"];
        using (var recorder = SessionRecorder.Start(path, Content()))
            Write(recorder, 0, 10);
        var clock = new SessionClock();
        using var source = new RecordingFrameSource(SessionRecording.Open(path), _codec, playbackRate: 4, clock);
        var set = Layout.NewFrameSet();
        SessionTime? start = null;
        for (var i = 0; i < 10; i++)
        {
            Assert.True(source.TryRead(set, default));
            start ??= set.Stamp.Captured;
            Assert.Equal(i * 5_000_000, set.Stamp.Captured - start.Value);
            Assert.True(set.Stamp.Produced >= set.Stamp.Captured);
            using var cancelled = new CancellationTokenSource();
            cancelled.Cancel();
            Assert.False(source.TryRead(set, cancelled.Token));
        }
    }

    [Fact]
    public void Findings_and_accounts_of_cameras_come_back()
    {
        var path = _folder["a.mcap"];
        var findings = Enum.GetValues<CameraFindingKind>().Select(kind => new CameraFinding(2, "side", kind, new(5_000_000 + (int)kind), (int)kind, new(77))).ToArray();
        var account = new CameraStatistics("cam1", 10, 2, 3, 4, 5, 6, 7, new(99));
        using (var recorder = SessionRecorder.Start(path, Content()))
        {
            foreach (var finding in findings)
                recorder.Write(finding);
            recorder.Write(account, new(1_000));
            recorder.Write(account with { LastArrival = null, Name = "side" }, new(2_000));
        }
        using var recording = SessionRecording.Open(path);
        Assert.Equal(findings, recording.CameraFindings());
        Assert.Equal([(new SessionTime(1_000), account), (new SessionTime(2_000), account with { LastArrival = null, Name = "side" })], recording.CameraStatistics());
    }

    [Fact]
    public void Nothing_is_allocated_per_set_on_any_thread_once_warm()
    {
        using var recorder = SessionRecorder.Start(_folder["a.mcap"], Content());
        var set = Layout.NewFrameSet();
        Make(set, 5);
        for (var i = 0; i < 120; i++)
            recorder.Write(set);
        Settle(recorder);
        var (writer, encoder, own) = (recorder.WriterAllocatedBytes, recorder.EncoderAllocatedBytes, GC.GetAllocatedBytesForCurrentThread());
        for (var i = 0; i < 60; i++)
            recorder.Write(set);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - own);
        Settle(recorder);
        Assert.Equal((0, 0), (recorder.EncoderAllocatedBytes - encoder, recorder.WriterAllocatedBytes - writer));
    }

    [Fact]
    public void Reading_allocates_nothing_per_set()
    {
        var path = _folder["a.mcap"];
        using (var recorder = SessionRecorder.Start(path, Content()))
            Write(recorder, 0, 60);
        using var source = new RecordingFrameSource(SessionRecording.Open(path), _codec);
        var set = Layout.NewFrameSet();
        for (var i = 0; i < 10; i++)
            source.TryRead(set, default);
        // NB: a collection that another test sets off counts the rest of this thread's allocation buffer as used; not each time.
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 3 && least != 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 16; i++)
                source.TryRead(set, default);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Fact]
    public async Task A_slow_disk_makes_the_caller_wait_and_no_set_is_lost()
    {
        var disk = new FailingDisk();
        var options = new SessionRecorderOptions { ChunkBytes = 1, QueueCapacity = 4, FrameQueueCapacity = 2 };
        using var recorder = SessionRecorder.Start(new RecordingFile("slow.mcap", disk, () => disk.Free, options.ChunkBytes), Content(), options);
        disk.Hang();
        var writing = Task.Run(() => Write(recorder, 0, 12));
        // All queues fill and the caller waits: only then does the disk go on.
        while (recorder.Statistics.FrameQueue!.Depth < 2)
            await Task.Delay(5);
        Assert.False(writing.IsCompleted);
        disk.RunAgain();
        await writing;
        recorder.Finish();
        Assert.Equal((2, 0), (recorder.Statistics.FrameQueue.MaxDepth, recorder.Statistics.FrameQueue.Dropped));
        File.WriteAllBytes(_folder["slow.mcap"], disk.Content);
        using var recording = SessionRecording.Open(_folder["slow.mcap"]);
        Assert.Equal((12, true), (recording.Count(RecordingTopics.Frames), recording.IsWhole));
    }

    [Fact]
    public void A_disk_that_is_full_ends_the_recording_of_images_with_a_sentence_and_what_is_safe_is_read()
    {
        var disk = new FailingDisk(capacity: 500_000);
        var options = new SessionRecorderOptions { ChunkBytes = 20_000, StopFreeBytes = 0, QueueCapacity = 4, FrameQueueCapacity = 2 };
        using var recorder = SessionRecorder.Start(new RecordingFile("full.mcap", disk, () => disk.Free, options.ChunkBytes), Content(), options);
        var error = Assert.Throws<ClosedLoopException>(() => Write(recorder, 0, 200));
        Assert.Contains("'full.mcap' ended early: No space left on device", error.Message);
        Assert.Throws<ClosedLoopException>(() => recorder.Finish());
        Assert.Equal(0, recorder.OutstandingBlocks);
        File.WriteAllBytes(_folder["full.mcap"], disk.Content);
        using var source = new RecordingFrameSource(SessionRecording.Open(_folder["full.mcap"]), _codec);
        var set = Layout.NewFrameSet();
        var count = 0;
        for (; source.TryRead(set, default); count++)
            Assert.All(Enumerable.Range(0, 3).Where(camera => set.Present[camera]), camera => Assert.Equal((camera, count), CodedImages.Read(set.Pixels[camera])));
        Assert.InRange(count, 3, 100);
    }

    [Fact]
    public void A_recording_without_cameras_is_refused_as_a_source_of_frames()
    {
        var path = _folder["a.mcap"];
        using (SessionRecorder.Start(path, new RandomSession(1).Content))
        {
        }
        using var recording = SessionRecording.Open(path);
        Assert.Null(recording.Layout.Frames);
        Assert.Contains("holds no images", Assert.Throws<ClosedLoopException>(() => new RecordingFrameSource(recording, _codec)).Message);
    }

    [SkippableFact]
    public void The_formats_own_library_reads_every_image_as_Foxglove_does()
    {
        var path = _folder["a.mcap"];
        using (var recorder = SessionRecorder.Start(path, Content()))
            Write(recorder, 0, 20);
        using var result = IndependentReader.Read(path);
        var topic = result.RootElement.GetProperty("indexed").GetProperty("topics").GetProperty("/cameras/side/image");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var set = Layout.NewFrameSet();
        var jpeg = new byte[_codec.MaxBytes(CodedImages.Width, CodedImages.Height, 3)];
        var count = 0;
        for (var i = 0; i < 20; i++)
        {
            Make(set, i);
            if (!set.Present[2])
                continue;
            count++;
            var stamp = set.Stamps[2];
            hash.AppendData(BitConverter.GetBytes(stamp.Captured.Nanoseconds / 1_000_000_000));
            hash.AppendData(BitConverter.GetBytes((int)(stamp.Captured.Nanoseconds % 1_000_000_000)));
            hash.AppendData(jpeg, 0, _codec.Encode(set.Pixels[2], CodedImages.Width, CodedImages.Height, 3, jpeg));
            hash.AppendData("jpeg"u8);
            hash.AppendData("side"u8);
            foreach (var value in (long[])[set.Stamp.Sequence, stamp.Sequence, stamp.DeviceCounter, stamp.DeviceTimeNs, stamp.Captured.Nanoseconds, stamp.Produced.Nanoseconds])
                hash.AppendData(BitConverter.GetBytes(value));
        }
        Assert.Equal(count, topic.GetProperty("count").GetInt32());
        Assert.Equal(Convert.ToHexStringLower(hash.GetHashAndReset()), topic.GetProperty("hash").GetString());
        var last = topic.GetProperty("last");
        Assert.Equal(("jpeg", "side"), (last.GetProperty("format").GetString(), Text(last, "frameId", "frame_id")));
        Assert.Equal("/9j/", last.GetProperty("data").GetString()![..4]);
    }

    [Fact]
    public void Faults_of_a_running_session_are_in_the_file_with_their_counts_and_the_rest_of_every_set()
    {
        const int Triggers = 70;
        var clock = new SessionClock();
        var trigger = new TriggerClock(clock, 50);
        CameraFault[] faults = [new(CameraFaultKind.Stop, 30, CameraFault.Forever), new(CameraFaultKind.Skip, 20, 2), new(CameraFaultKind.Short, 40, 3)];
        var cameras = Layout.CameraNames.Select((name, i) => new FaultyCamera(
            new VideoFileCamera(name, CodedImages.Video(_folder[$"{name}.avi"], "MJPG", i, Triggers), clock, trigger), clock, faults[i])).ToArray();
        var path = _folder["a.mcap"];
        var live = new List<(long Trigger, string Present)>();
        var findings = new List<CameraFinding>();
        using (var source = new CameraFrameSource(cameras, clock))
        using (var recorder = SessionRecorder.Start(path, Content(FrameLayout.Of(source))))
        {
            source.Found += findings.Add;
            source.Found += finding => recorder.Write(finding);
            var set = Layout.NewFrameSet();
            while (source.TryRead(set, default))
            {
                recorder.Write(set);
                live.Add((set.Stamp.DeviceCounter, string.Concat(set.Present.Select(present => present ? '1' : '0'))));
            }
            foreach (var account in source.CameraStatistics)
                recorder.Write(account, clock.Now);
        }
        var recording = SessionRecording.Open(path);
        Assert.Equal(findings, recording.CameraFindings());
        // A busy machine may be silent for long enough to look stopped before; the last stop is the planted one.
        var stopped = findings.Last(finding => finding is { Kind: CameraFindingKind.Stopped, Camera: "cam1" });
        Assert.True(stopped.Time > stopped.LastSeen);
        Assert.Equal(2, findings.Where(finding => finding is { Kind: CameraFindingKind.Skipped, Camera: "cam2" }).Sum(finding => finding.Count));
        Assert.Equal(3, findings.Where(finding => finding is { Kind: CameraFindingKind.Short, Camera: "side" }).Sum(finding => finding.Count));
        var accounts = recording.CameraStatistics().Select(look => look.Camera).ToArray();
        Assert.Equal((30, 2, 3), (accounts[0].Delivered, accounts[1].Lost, accounts[2].Short));

        using var replay = new RecordingFrameSource(recording, _codec);
        var again = Layout.NewFrameSet();
        Assert.Equal(Triggers, live.Count);
        foreach (var (index, present) in live)
        {
            Assert.True(replay.TryRead(again, default));
            Assert.Equal((index, present), (again.Stamp.DeviceCounter, string.Concat(again.Present.Select(came => came ? '1' : '0'))));
            for (var camera = 0; camera < 3; camera++)
                if (again.Present[camera])
                    Assert.Equal((camera, index), CodedImages.Read(again.Pixels[camera]));
        }
    }

    private static string? Text(JsonElement element, params string[] names) =>
        names.Select(name => element.TryGetProperty(name, out var value) ? value.GetString() : null).First(value => value is not null);

    private RecordingContent Content(FrameLayout? layout = null)
    {
        var content = new RandomSession(1).Content;
        return content with { Layout = content.Layout with { Frames = layout ?? Layout }, ImageCodec = _codec };
    }

    private static void Write(SessionRecorder recorder, int from, int to)
    {
        var set = Layout.NewFrameSet();
        for (var i = from; i < to; i++)
        {
            Make(set, i);
            recorder.Write(set);
        }
    }

    /// <summary>A set of its number: every fifth lacks an image.</summary>
    private static void Make(FrameSet set, int index)
    {
        var captured = new SessionTime(3_999_999_990 + (20_000_000L * index));
        for (var camera = 0; camera < 3; camera++)
        {
            CodedImages.Draw(set.Pixels[camera], camera, index);
            set.Present[camera] = index % 5 != 1 || camera != index % 3;
            set.Stamps[camera] = new(index, 1000 + index, 7_000_000_000_000 + index, captured + camera, captured + 5_000_000 + camera);
        }
        set.Stamp = new(index, 1000 + index, RecordStamp.None, captured, captured + 6_000_000);
    }

    private static void Settle(SessionRecorder recorder)
    {
        for (var i = 0; i < 1000 && (recorder.OutstandingBlocks > 0 || recorder.Statistics.MessagesInFile != recorder.Statistics.Messages); i++)
            Thread.Sleep(5);
        // The writer tells what it allocated when it syncs, once a second.
        Thread.Sleep(1200);
    }
}
