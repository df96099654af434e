using ClosedLoop.Core;
using ClosedLoop.Recording;
using Xunit;

namespace ClosedLoop.Tests.Recording.Session;

public sealed class SessionRecordingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RandomSession _session = new(ticks: 200);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_field_of_every_record_comes_back_bit_for_bit()
    {
        var path = Record(_session, new() { ChunkBytes = 50_000 });
        using var recording = SessionRecording.Open(path);
        Assert.True(recording.IsWhole);
        Assert.Empty(recording.Notes);
        Assert.Equal(_session.Layout.Keypoints.Edges, recording.Layout.Keypoints.Edges);
        Assert.Equal(_session.Layout.Activations.Layers, recording.Layout.Activations.Layers);
        Assert.Equal(50, recording.Layout.KeypointRateHz);
        Assert.Equal(_session.Keypoints.Count, recording.Count(RecordingTopics.Keypoints));
        AssertSame(_session, recording, _session.Ticks.Count);
        Assert.Equal(20, recording.Telemetry().Count());
        Assert.Equal((new SessionTime(20_000_000L * 190), "{\"tick\":190}"), recording.Telemetry().Last());
    }

    [Fact]
    public void Metadata_and_files_come_back()
    {
        using var recording = SessionRecording.Open(Record(_session));
        Assert.Equal("name: test\nµ: ü\n", recording.Metadata["configuration"]["rig.yaml"]);
        Assert.Equal("0123abc", recording.Metadata["versions"]["git_commit"]);
        Assert.Equal("200", recording.Metadata["summary"]["ticks"]);
        Assert.Equal(["body.xml", "empty"], recording.AttachmentNames);
        Assert.Equal("<mujoco/>"u8.ToArray(), recording.ReadAttachment("body.xml").Data);
        Assert.Equal("application/xml", recording.ReadAttachment("body.xml").MediaType);
        Assert.Empty(recording.ReadAttachment("empty").Data);
        Assert.Contains("did you mean 'body.xml'", Assert.Throws<ClosedLoopException>(() => recording.ReadAttachment("body.xm")).Message);
    }

    [Fact]
    public void Ticks_come_with_the_keypoints_that_had_arrived_for_them()
    {
        using var recording = SessionRecording.Open(Record(_session));
        var ticks = recording.Ticks();
        var set = recording.Layout.NewKeypoints();
        foreach (var expected in _session.Ticks)
        {
            Assert.True(ticks.TryRead(set, out var tick));
            Assert.Equal((expected.Index, expected.Time), (tick.Index, tick.Time));
            Assert.Equal(expected.Keypoints is null, tick.Keypoints is null);
            if (expected.Keypoints is not null)
                Bits.Equal(expected.Keypoints, tick.Keypoints!);
        }
        Assert.False(ticks.TryRead(set, out _));
    }

    [Fact]
    public void A_tick_whose_keypoints_were_not_recorded_is_an_error()
    {
        var path = _folder["a.mcap"];
        using (var recorder = SessionRecorder.Start(path, _session.Content))
        {
            recorder.Write(_session.Keypoints[5]);
            recorder.Write(_session.Ticks.First(tick => tick.Keypoints == _session.Keypoints[4]));
        }
        using var recording = SessionRecording.Open(path);
        var error = Assert.Throws<ClosedLoopException>(() => recording.Ticks().TryRead(recording.Layout.NewKeypoints(), out _));
        Assert.Contains("keypoint set 4", error.Message);
    }

    [Fact]
    public void A_recording_is_a_keypoint_source_with_the_recorded_stamps_or_at_a_pace()
    {
        var path = Record(_session);
        var set = new Keypoints(KeypointLayout.Rat23);
        using (var source = new RecordingKeypointSource(SessionRecording.Open(path)))
        {
            Assert.Equal(50, source.RateHz);
            foreach (var expected in _session.Keypoints)
            {
                Assert.True(source.TryRead(set, default));
                Bits.Equal(expected, set);
            }
            Assert.False(source.TryRead(set, default));
        }
        var clock = new SessionClock();
        using var paced = new RecordingKeypointSource(SessionRecording.Open(path), playbackRate: 100, clock);
        var first = default(SessionTime?);
        for (var i = 0; i < 20; i++)
        {
            Assert.True(paced.TryRead(set, default));
            first ??= set.Stamp.Captured;
            Assert.Equal((_session.Keypoints[i].Stamp.Captured - _session.Keypoints[0].Stamp.Captured) / 100, set.Stamp.Captured - first.Value);
            Assert.True(set.Stamp.Produced >= set.Stamp.Captured);
        }
    }

    [Fact]
    public void Reading_allocates_nothing_once_warm()
    {
        using var recording = SessionRecording.Open(Record(_session));
        var reader = recording.ControlSteps();
        var step = recording.Layout.NewControlStep();
        for (var i = 0; i < 50; i++)
            reader.TryRead(step);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Assert.True(reader.TryRead(step));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_file_cut_at_any_byte_of_its_last_chunks_gives_all_earlier_ones()
    {
        var session = new RandomSession(ticks: 8, small: true);
        var bytes = File.ReadAllBytes(Record(session, new() { ChunkBytes = 1 }));
        var chunks = ChunkStarts(bytes);
        Assert.True(chunks.Count >= 24);
        var cut = _folder["cut.mcap"];
        var penultimate = chunks[^2];
        File.WriteAllBytes(cut, bytes);
        for (var length = bytes.Length - 1; length >= penultimate.Offset; length -= length > chunks[^1].End ? 61 : 1)
        {
            using (var file = File.OpenWrite(cut))
                file.SetLength(length);
            using var recording = SessionRecording.Open(cut);
            Assert.False(recording.IsWhole);
            Assert.Contains("recovered", recording.Notes[^1]);
            // Chunks hold one message each here: those that end within the cut are there, and no others.
            var expected = chunks.Count(chunk => chunk.End <= length);
            var topics = (string[])[RecordingTopics.Keypoints, RecordingTopics.Pose, RecordingTopics.Control, RecordingTopics.Ticks, RecordingTopics.Telemetry];
            Assert.Equal(expected, topics.Sum(recording.Count));
            if (length % 97 == 0)
                AssertSame(session, recording, (int)recording.Count(RecordingTopics.Ticks));
        }
    }

    [Fact]
    public void A_file_cut_anywhere_else_or_garbled_fails_only_in_a_sentence()
    {
        var session = new RandomSession(ticks: 3, small: true);
        var bytes = File.ReadAllBytes(Record(session));
        var random = new Random(5);
        var path = _folder["broken.mcap"];
        for (var i = 0; i < 400; i++)
        {
            var broken = i < 100 ? bytes[..(bytes.Length * i / 100)] : (byte[])bytes.Clone();
            if (i >= 100)
                for (var hits = random.Next(1, 4); hits > 0; hits--)
                    broken[random.Next(broken.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, broken);
            try
            {
                using var recording = SessionRecording.Open(path);
                ReadAll(recording);
            }
            catch (ClosedLoopException error)
            {
                Assert.Contains(path, error.Message);
                Assert.DoesNotContain('\n', error.Message);
            }
        }
    }

    [Fact]
    public void A_damaged_chunk_is_named_by_its_place()
    {
        var path = Record(_session, new() { ChunkBytes = 50_000 });
        var bytes = File.ReadAllBytes(path);
        var chunk = ChunkStarts(bytes)[3];
        bytes[chunk.Offset + 500] ^= 1;
        File.WriteAllBytes(path, bytes);
        using var recording = SessionRecording.Open(path);
        Assert.True(recording.IsWhole);
        var error = Assert.Throws<ClosedLoopException>(() => ReadAll(recording));
        Assert.Contains($"chunk at byte {chunk.Offset}", error.Message);
        Assert.Contains("checksum", error.Message);
        Assert.Equal(1, error.ExitCode);
    }

    [Fact]
    public void Files_that_are_no_recordings_are_refused()
    {
        File.WriteAllBytes(_folder["empty.mcap"], []);
        File.WriteAllText(_folder["text.mcap"], "this is not a recording at all");
        using (var file = File.Create(_folder["other.mcap"]))
        {
            var writer = new McapWriter(file, "another program");
            writer.AddChannel(0, "/camera", "json");
            writer.Finish();
        }
        Assert.Contains("is empty", Assert.Throws<ClosedLoopException>(() => SessionRecording.Open(_folder["empty.mcap"])).Message);
        Assert.Contains("not an MCAP", Assert.Throws<ClosedLoopException>(() => SessionRecording.Open(_folder["text.mcap"])).Message);
        Assert.Contains("/camera", Assert.Throws<ClosedLoopException>(() => SessionRecording.Open(_folder["other.mcap"])).Message);
        Assert.Equal(2, Assert.Throws<ClosedLoopException>(() => SessionRecording.Open(_folder["absent.mcap"])).ExitCode);
    }

    private string Record(RandomSession session, SessionRecorderOptions? options = null)
    {
        var path = _folder["session.mcap"];
        using var recorder = SessionRecorder.Start(path, session.Content, options);
        session.WriteTo(recorder);
        recorder.Finish(new Dictionary<string, string> { ["ticks"] = "200" });
        Assert.Equal(0, recorder.OutstandingBlocks);
        Assert.Equal(0, recorder.Statistics.Queue.Dropped);
        Assert.Equal(recorder.Statistics.Messages, recorder.Statistics.MessagesInFile);
        return path;
    }

    private static void AssertSame(RandomSession expected, SessionRecording recording, int ticks)
    {
        var keypoints = recording.Keypoints();
        var set = recording.Layout.NewKeypoints();
        for (var i = 0; i < recording.Count(RecordingTopics.Keypoints); i++)
        {
            Assert.True(keypoints.TryRead(set));
            Bits.Equal(expected.Keypoints[i], set);
        }
        Assert.False(keypoints.TryRead(set));
        var (poses, steps) = (recording.Poses(), recording.ControlSteps());
        var (pose, step) = (recording.Layout.NewPose(), recording.Layout.NewControlStep());
        for (var i = 0; i < recording.Count(RecordingTopics.Control); i++)
        {
            Assert.True(poses.TryRead(pose));
            Bits.Equal(expected.Poses[i], pose);
            Assert.True(steps.TryRead(step));
            Bits.Equal(expected.Steps[i], step);
        }
        Assert.False(steps.TryRead(step));
        Assert.InRange(ticks - recording.Count(RecordingTopics.Control), 0, 1);
    }

    private static void ReadAll(SessionRecording recording)
    {
        var (set, pose, step) = (recording.Layout.NewKeypoints(), recording.Layout.NewPose(), recording.Layout.NewControlStep());
        for (var reader = recording.Keypoints(); reader.TryRead(set);)
            continue;
        for (var reader = recording.Poses(); reader.TryRead(pose);)
            continue;
        for (var reader = recording.ControlSteps(); reader.TryRead(step);)
            continue;
        for (var ticks = recording.Ticks(); ticks.TryRead(set, out _);)
            continue;
        _ = recording.Telemetry().Count();
        foreach (var name in recording.AttachmentNames)
            recording.ReadAttachment(name);
    }

    private static List<(int Offset, int End)> ChunkStarts(byte[] bytes)
    {
        var chunks = new List<(int, int)>();
        for (var offset = 8; offset < bytes.Length - 9 && bytes[offset] != 0x0f;)
        {
            var end = offset + 9 + (int)BitConverter.ToInt64(bytes, offset + 1);
            if (bytes[offset] == 0x06)
                chunks.Add((offset, end));
            offset = end;
        }
        return chunks;
    }
}
