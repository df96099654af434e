using System.Diagnostics;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Records a session to one MCAP file. Records are encoded on the caller's thread and written by a thread of their
/// own; nothing is allocated per record. It never drops: when the disk is behind the caller waits, and when the disk
/// is full, fails or stalls the next call throws, and what was written stays readable.
/// </summary>
/// <remarks>
/// Streams: see <see cref="RecordingTopics"/>. Messages are protobuf described inside the file; a message's log time
/// is the session time at which its record was complete, its publish time that of its capture. All methods may be
/// called from any thread.
/// </remarks>
public sealed class SessionRecorder : IDisposable
{
    private readonly RecordingFile _file;
    private readonly Pool<RecordBlock> _pool;
    private readonly BoundedQueue<RecordBlock> _queue;
    private readonly Channel<Keypoints> _keypoints;
    private readonly Channel<Pose> _pose;
    private readonly Channel<ControlStep> _control;
    private readonly Channel<RecordTables.TickRecord> _ticks;
    private readonly ushort _telemetry;
    private readonly CameraChannels? _cameras;
    private readonly TetrodeChannels? _tetrodes;
    private readonly ComparisonChannels? _comparison;
    private long _messages;
    private long _longestWaitTicks;

    /// <summary>A stream of the file, and the size that all its messages have.</summary>
    private readonly record struct Channel<T>(RecordTable<T> Table, ushort Id, int Size)
        where T : class;

    private SessionRecorder(RecordingFile file, RecordingContent content, SessionRecorderOptions options)
    {
        _file = file;
        Layout = content.Layout;
        Options = options;
        _keypoints = AddChannel(RecordTables.Keypoints, RecordingTopics.Keypoints, Layout.NewKeypoints(), Layout.DescribeKeypoints());
        _pose = AddChannel(RecordTables.Pose, RecordingTopics.Pose, Layout.NewPose(), Layout.DescribePose());
        _control = AddChannel(RecordTables.ControlStep, RecordingTopics.Control, Layout.NewControlStep(), Layout.DescribeControl());
        _ticks = AddChannel(RecordTables.Tick, RecordingTopics.Ticks, new(), null);
        _telemetry = file.Writer.AddChannel(
            file.Writer.AddSchema("closedloop.Telemetry", "jsonschema", """{"type":"object"}"""u8.ToArray()), RecordingTopics.Telemetry, "json");
        if (Layout.Frames is { } frames)
            _cameras = new(this, frames, content.ImageCodec ?? throw new ArgumentException("Images cannot be recorded without a codec.", nameof(content)));
        if (Layout.Tetrodes is { } tetrodes)
            _tetrodes = new(this, tetrodes);
        if (Layout.Comparison is { } comparison)
            _comparison = new(this, comparison);
        foreach (var (name, values) in content.Metadata)
            file.Writer.WriteMetadata(name, values);
        foreach (var attachment in content.Attachments)
            file.Writer.WriteAttachment(attachment, time: 0);

        var largest = Math.Max(Math.Max(_keypoints.Size, _pose.Size), Math.Max(_control.Size, 4096));
        // One being written, and some in the hands of callers; the rest waits in the queue.
        _pool = new(options.QueueCapacity + 8, () => new(largest));
        _queue = new("recorder", options.QueueCapacity, QueuePolicy.Wait);
        file.Begin(_queue, options);
        _cameras?.Begin(options);
    }

    /// <summary>Where the recording goes.</summary>
    public string Path => _file.Path;

    /// <summary>Sizes and names of the records that are taken.</summary>
    public RecordingLayout Layout { get; }

    /// <summary>How the session is recorded.</summary>
    public SessionRecorderOptions Options { get; }

    /// <summary>What was done so far.</summary>
    public SessionRecorderStatistics Statistics => new(
        Interlocked.Read(ref _messages), _file.MessagesInFile, _file.SafeBytes, _file.LastFreeBytes,
        Milliseconds(Interlocked.Read(ref _longestWaitTicks)), Milliseconds(_file.LongestWriteTicks), Milliseconds(_file.LongestSyncTicks),
        _queue.Statistics)
    {
        FrameQueue = _cameras?.Encoder?.Queue,
        Images = _cameras?.Encoder?.Images ?? 0,
        MeanEncodeMs = _cameras?.Encoder?.MeanEncodeMs ?? 0,
        LongestEncodeMs = _cameras?.Encoder?.LongestEncodeMs ?? 0,
    };

    /// <summary>Blocks that are on their way to the file; zero after <see cref="Finish"/>.</summary>
    internal int OutstandingBlocks => _pool.Outstanding + (_cameras?.Outstanding ?? 0) + (_tetrodes?.Outstanding ?? 0) + (_comparison?.Outstanding ?? 0);

    /// <summary>Bytes that the encoder's thread has allocated since it began.</summary>
    internal long EncoderAllocatedBytes => _cameras?.Encoder?.AllocatedBytes ?? 0;

    /// <summary>Bytes that the writer's thread has allocated since it began.</summary>
    internal long WriterAllocatedBytes => _file.WriterAllocatedBytes;

    /// <summary>Begins a recording: makes the folder and the file, and writes <paramref name="content"/>.</summary>
    /// <exception cref="ClosedLoopException">The file is there already, its folder cannot be made, or the disk is nearly full.</exception>
    public static SessionRecorder Start(string path, RecordingContent content, SessionRecorderOptions? options = null)
    {
        options ??= new();
        return Start(RecordingFile.Create(path, options), content, options);
    }

    internal static SessionRecorder Start(RecordingFile file, RecordingContent content, SessionRecorderOptions options)
    {
        try
        {
            return new(file, content, options);
        }
        catch (IOException error)
        {
            file.Dispose();
            throw ClosedLoopException.Failed($"the recording '{file.Path}' cannot be begun: {error.Message}", error);
        }
    }

    /// <summary>Records a keypoint set.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(Keypoints keypoints) => Write(_keypoints, keypoints, keypoints.Stamp);

    /// <summary>Records a pose.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(Pose pose) => Write(_pose, pose, pose.Stamp);

    /// <summary>Records a control step.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(ControlStep step) => Write(_control, step, step.Stamp);

    /// <summary>
    /// Records a beat of the control clock, with the sequence of its keypoints. NB: not the keypoints themselves:
    /// record them too, or the tick cannot be replayed.
    /// </summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(in ControlTick tick)
    {
        var block = Rent();
        block.Tick.Index = tick.Index;
        block.Tick.TimeNs = tick.Time.Nanoseconds;
        block.Tick.KeypointsSequence = tick.Keypoints?.Stamp.Sequence ?? RecordStamp.None;
        block.Length = RecordTables.Tick.Encode(block.Tick, block.Room(_ticks.Size));
        HandOver(block, _ticks.Id, tick.Time, tick.Time);
    }

    /// <summary>
    /// Records a frame set: its images are copied here and encoded on a thread of their own. Where that is behind, this
    /// waits; nothing is dropped.
    /// </summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(FrameSet set)
    {
        var cameras = _cameras ?? throw new InvalidOperationException("The recording's layout has no cameras.");
        if (!cameras.Encoder!.Write(set))
            throw ClosedLoopException.Failed(_file.Error ?? cameras.Encoder.Error ?? $"the recording '{Path}' was finished before the last record came");
    }

    /// <summary>Records what was noticed of a camera.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(in CameraFinding finding)
    {
        var cameras = _cameras ?? throw new InvalidOperationException("The recording's layout has no cameras.");
        WriteAnySize(RecordTables.CameraFinding, cameras.Findings, CameraFindingRecord.Of(finding), finding.Time);
    }

    /// <summary>Records what a camera has delivered and lost up to <paramref name="time"/>.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(CameraStatistics camera, SessionTime time)
    {
        var cameras = _cameras ?? throw new InvalidOperationException("The recording's layout has no cameras.");
        WriteAnySize(RecordTables.CameraStatistics, cameras.Statistics, CameraStatisticsRecord.Of(camera, time), time);
    }

    /// <summary>Records a block of samples, every number of it.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(SampleBlock block) => Tetrodes.Write(block);

    /// <summary>Records samples of the local field potential.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(LfpBlock lfp) => Tetrodes.Write(lfp);

    /// <summary>Records sorted spikes.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(SpikeBatch spikes) => Tetrodes.Write(spikes);

    /// <summary>Records the counts of a bin.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(SpikeCounts counts) => Tetrodes.Write(counts);

    /// <summary>Records a unit as it stands.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(SortedUnit unit) => Tetrodes.Write(unit);

    /// <summary>Records what was noticed of samples.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(in SampleFinding finding) => Tetrodes.Write(finding);

    /// <summary>Records a sync pulse that was matched with a trigger.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(in SyncPulse pulse) => Tetrodes.Write(pulse);

    /// <summary>Records how well features predict units.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(ComparisonScores scores) => Comparison.Write(scores);

    /// <summary>Records what neurons and layers make of behaviours.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void Write(BehaviourComparison behaviours) => Comparison.Write(behaviours);

    /// <summary>Records telemetry: one JSON object as UTF-8.</summary>
    /// <exception cref="ClosedLoopException">The recording has ended; the message says why and what is safe.</exception>
    public void WriteTelemetry(SessionTime time, ReadOnlySpan<byte> json)
    {
        var block = Rent();
        json.CopyTo(block.Room(json.Length));
        block.Length = json.Length;
        HandOver(block, _telemetry, time, time);
    }

    /// <summary>Writes what still waits, <paramref name="summary"/>, and the file's index: the file is whole.</summary>
    /// <exception cref="ClosedLoopException">The recording had ended before; the message says why and what is safe.</exception>
    public void Finish(IReadOnlyDictionary<string, string>? summary = null)
    {
        _file.FinalMetadata ??= summary;
        _cameras?.Encoder?.Complete();
        _queue.Complete();
        _file.WaitForEnd();
        if (_file.Error is { } error)
            throw ClosedLoopException.Failed(error);
        if (_cameras?.Encoder?.Error is { } unencoded)
            throw ClosedLoopException.Failed($"the images in the recording '{Path}' end early: {unencoded}");
    }

    /// <summary>Finishes the file; whatever goes wrong now was or will be said by <see cref="Finish"/> or a write.</summary>
    public void Dispose()
    {
        try
        {
            Finish();
        }
        catch (ClosedLoopException)
        {
            // Already kept: a dispose after a failure must not hide the failure.
        }
        _cameras?.Encoder?.Dispose();
        _queue.Dispose();
        _file.Dispose();
    }

    /// <summary>Adds a stream whose messages have no common size.</summary>
    internal ushort AddChannel(ushort schema, string topic, Dictionary<string, string>? metadata) =>
        _file.Writer.AddChannel(schema, topic, "protobuf", metadata);

    /// <summary>Describes a type of message.</summary>
    internal ushort AddSchema(string name, byte[] description) => _file.Writer.AddSchema(name, "protobuf", description);

    private Channel<T> AddChannel<T>(RecordTable<T> table, string topic, T example, Dictionary<string, string>? metadata)
        where T : class
    {
        var schema = _file.Writer.AddSchema(table.FullName, "protobuf", table.Describe());
        return new(table, _file.Writer.AddChannel(schema, topic, "protobuf", metadata), table.Size(example));
    }

    private void Write<T>(in Channel<T> channel, T record, in RecordStamp stamp)
        where T : class
    {
        if (channel.Table.Size(record) != channel.Size)
            throw new ArgumentException($"a {channel.Table.Name} of other sizes than the recording's layout cannot be recorded", nameof(record));
        var block = Rent();
        block.Length = channel.Table.Encode(record, block.Room(channel.Size));
        HandOver(block, channel.Id, stamp.Produced, stamp.Captured);
    }

    private void WriteAnySize<T>(RecordTable<T> table, ushort channel, T record, SessionTime time)
        where T : class
    {
        var block = Rent();
        block.Length = table.Encode(record, block.Room(table.Size(record)));
        HandOver(block, channel, time, time);
    }

    private TetrodeChannels Tetrodes => _tetrodes ?? throw new InvalidOperationException("The recording's layout has no tetrodes.");

    private ComparisonChannels Comparison => _comparison ?? throw new InvalidOperationException("The recording's layout has no comparison.");

    private RecordBlock Rent() => Rent(_pool);

    internal RecordBlock Rent(Pool<RecordBlock> pool)
    {
        if (_file.Error is { } error)
            throw ClosedLoopException.Failed(error);
        var block = pool.Rent();
        block.Owner = pool;
        return block;
    }

    internal void HandOver(RecordBlock block, ushort channel, SessionTime log, SessionTime publish)
    {
        block.Channel = channel;
        block.LogTime = (ulong)Math.Max(0, log.Nanoseconds);
        block.PublishTime = (ulong)Math.Max(0, publish.Nanoseconds);
        var before = Stopwatch.GetTimestamp();
        var taken = _queue.Enqueue(block);
        RecordingFile.KeepLongest(ref _longestWaitTicks, before);
        if (taken)
        {
            Interlocked.Increment(ref _messages);
            return;
        }
        block.Owner!.Return(block);
        throw ClosedLoopException.Failed(_file.Error ?? $"the recording '{Path}' was finished before the last record came");
    }

    private static double Milliseconds(long ticks) => ticks * 1e3 / Stopwatch.Frequency;
}
