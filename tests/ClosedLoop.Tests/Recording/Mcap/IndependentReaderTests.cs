using System.Security.Cryptography;
using System.Text.Json;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Recording.Session;
using Xunit;

namespace ClosedLoop.Tests.Recording.Mcap;

/// <summary>
/// The MCAP format's own JavaScript library reads what is written here, decoding messages by nothing but the
/// descriptors inside the file.
/// </summary>
public sealed class IndependentReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RandomSession _session = new(ticks: 120);

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void Every_message_is_read_by_index_and_as_a_stream_with_every_bit_of_every_field()
    {
        var path = _folder["session.mcap"];
        using (var recorder = SessionRecorder.Start(path, _session.Content, new() { ChunkBytes = 100_000 }))
            _session.WriteTo(recorder);
        using var result = IndependentReader.Read(path);

        var indexed = result.RootElement.GetProperty("indexed");
        var stream = result.RootElement.GetProperty("stream");
        Assert.True(stream.GetProperty("done").GetBoolean());
        Assert.True(indexed.GetProperty("chunks").GetInt32() > 3);
        Assert.Equal((120 * 3) + _session.Keypoints.Count + 12, indexed.GetProperty("messages").GetInt32());
        Assert.StartsWith("closedloop", indexed.GetProperty("library").GetString(), StringComparison.Ordinal);
        foreach (var way in (JsonElement[])[indexed, stream])
        {
            var topics = way.GetProperty("topics");
            AssertTopic(topics, RecordingTopics.Keypoints, _session.Keypoints, Hash);
            AssertTopic(topics, RecordingTopics.Pose, _session.Poses, Hash);
            AssertTopic(topics, RecordingTopics.Control, _session.Steps, Hash);
            AssertTopic(topics, RecordingTopics.Ticks, _session.Ticks, Hash);
            Assert.Equal(12, topics.GetProperty(RecordingTopics.Telemetry).GetProperty("count").GetInt32());
            Assert.Equal(110, topics.GetProperty(RecordingTopics.Telemetry).GetProperty("last").GetProperty("tick").GetInt32());
            var last = topics.GetProperty(RecordingTopics.Control);
            Assert.Equal(_session.Steps[^1].Stamp.Produced.Nanoseconds.ToString(), last.GetProperty("logTime").GetString());
            Assert.Equal(_session.Steps[^1].Stamp.Captured.Nanoseconds.ToString(), last.GetProperty("publishTime").GetString());
        }
        Assert.Equal("name: test\nµ: ü\n", indexed.GetProperty("metadata").GetProperty("configuration").GetProperty("rig.yaml").GetString());
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData("<mujoco/>"u8)),
            indexed.GetProperty("attachments").GetProperty("body.xml").GetProperty("sha256").GetString());
    }

    [SkippableFact]
    public void A_cut_file_is_read_as_far_as_we_read_it()
    {
        var path = _folder["session.mcap"];
        using (var recorder = SessionRecorder.Start(path, _session.Content, new() { ChunkBytes = 50_000 }))
            _session.WriteTo(recorder);
        using (var file = File.OpenWrite(path))
            file.SetLength(file.Length * 2 / 3);
        using var result = IndependentReader.Read(path);
        using var recording = SessionRecording.Open(path);
        Assert.InRange(recording.Count(RecordingTopics.Control), 10, 110);
        Assert.False(result.RootElement.GetProperty("stream").GetProperty("done").GetBoolean());
        foreach (var topic in result.RootElement.GetProperty("stream").GetProperty("topics").EnumerateObject())
            Assert.Equal(recording.Count(topic.Name), topic.Value.GetProperty("count").GetInt64());
    }

    private static void AssertTopic<T>(JsonElement topics, string name, List<T> records, Action<Digest, T> add)
    {
        var topic = topics.GetProperty(name);
        Assert.Equal(records.Count, topic.GetProperty("count").GetInt32());
        using var digest = new Digest();
        foreach (var record in records)
            add(digest, record);
        Assert.Equal(digest.Hex(), topic.GetProperty("hash").GetString());
    }

    private static void Hash(Digest to, RecordStamp stamp)
    {
        foreach (var value in (long[])[stamp.Sequence, stamp.DeviceCounter, stamp.DeviceTimeNs, stamp.Captured.Nanoseconds, stamp.Produced.Nanoseconds])
            to.Add(value);
    }

    private static void Hash(Digest to, Keypoints record)
    {
        Hash(to, record.Stamp);
        to.Add(record.FrameSetSequence);
        to.Add(record.Positions);
        to.Add(record.Confidence);
    }

    private static void Hash(Digest to, Pose record)
    {
        Hash(to, record.Stamp);
        to.Add(record.KeypointsSequence);
        to.Add((int)record.Flags);
        to.Add(record.Qpos);
        to.Add(record.Qvel);
        to.Add(record.SitePositions);
        to.Add([record.MeanMarkerErrorM]);
        to.Add(record.KeypointsUsed);
        to.Add(record.Iterations);
    }

    private static void Hash(Digest to, ControlStep record)
    {
        Hash(to, record.Stamp);
        to.Add(record.ReferenceSequence);
        to.Add((int)record.ReferenceMode);
        to.Add((int)record.Flags);
        to.Add(record.Action);
        to.Add(record.Activations);
        to.Add(record.Qpos);
        to.Add(record.Qvel);
        to.Add(record.SitePositions);
        to.Add([record.TotalErrorM, record.RootErrorM]);
    }

    private static void Hash(Digest to, ControlTick record)
    {
        to.Add(record.Index);
        to.Add(record.Time.Nanoseconds);
        to.Add(record.Keypoints?.Stamp.Sequence ?? -1);
    }

    /// <summary>The same digest that read-mcap.mjs makes: little-endian values, every NaN the same.</summary>
    private sealed class Digest : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public void Add(long value) => _hash.AppendData(BitConverter.GetBytes(value));

        public void Add(int value) => _hash.AppendData(BitConverter.GetBytes(value));

        public void Add(double[] values)
        {
            foreach (var value in values)
                _hash.AppendData(double.IsNaN(value) ? "NaN"u8.ToArray() : BitConverter.GetBytes(value));
        }

        public void Add(float[] values)
        {
            foreach (var value in values)
                _hash.AppendData(float.IsNaN(value) ? "NaN"u8.ToArray() : BitConverter.GetBytes(value));
        }

        public string Hex() => Convert.ToHexStringLower(_hash.GetHashAndReset());

        public void Dispose() => _hash.Dispose();
    }
}
