using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// A session that was recorded by <see cref="SessionRecorder"/>, whole or cut short by a crash. Each of the reading
/// methods begins anew at the start of its stream.
/// </summary>
public sealed class SessionRecording : IDisposable
{
    private readonly McapReader _file;

    private SessionRecording(McapReader file, RecordingLayout layout)
    {
        (_file, Layout) = (file, layout);
        var metadata = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        foreach (var record in file.Contents.Metadata)
        {
            var body = new McapByteReader(file.ReadRecord(record, McapOpcode.Metadata));
            metadata[body.String()] = body.Map();
        }
        Metadata = metadata;
    }

    /// <summary>Where it is.</summary>
    public string Path => _file.Path;

    /// <summary>Sizes and names of its records.</summary>
    public RecordingLayout Layout { get; }

    /// <summary>Whether it was finished; if not, <see cref="Notes"/> says what was recovered.</summary>
    public bool IsWhole => _file.IsWhole;

    /// <summary>What a person should know of the file's state.</summary>
    public IReadOnlyList<string> Notes => _file.Notes;

    /// <summary>What was stored with it: configuration, versions, and "summary" where it was finished with one.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Metadata { get; }

    /// <summary>Names of the files in it.</summary>
    public IReadOnlyList<string> AttachmentNames => [.. _file.Contents.Attachments.Select(attachment => attachment.Name)];

    /// <summary>Whether a path is named as recordings are.</summary>
    public static bool HasEnding(string path) => System.IO.Path.GetExtension(path).Equals(".mcap", StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens a recording.</summary>
    /// <exception cref="ClosedLoopException">There is none (exit code 2), it is no recording of a session, or nothing of it can be read (exit code 1).</exception>
    public static SessionRecording Open(string path)
    {
        var file = McapReader.Open(path);
        try
        {
            return new(file, ReadLayout(file));
        }
        catch (InvalidDataException error)
        {
            file.Dispose();
            throw ClosedLoopException.Failed($"'{path}' is damaged: {error.Message}", error);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>How many records a stream has; see <see cref="RecordingTopics"/>.</summary>
    public long Count(string topic) => ChannelOf(_file, topic) is { } channel ? _file.MessageCount(channel.Id) : 0;

    /// <summary>All keypoint sets.</summary>
    public RecordReader<Keypoints> Keypoints() => Read(RecordingTopics.Keypoints, RecordTables.Keypoints);

    /// <summary>All poses.</summary>
    public RecordReader<Pose> Poses() => Read(RecordingTopics.Pose, RecordTables.Pose);

    /// <summary>All control steps.</summary>
    public RecordReader<ControlStep> ControlSteps() => Read(RecordingTopics.Control, RecordTables.ControlStep);

    /// <summary>The beats of the control clock, each with the keypoints that had arrived for it.</summary>
    public RecordedTicks Ticks() => new(this, Read(RecordingTopics.Ticks, RecordTables.Tick));

    /// <summary>What was noticed of cameras.</summary>
    public IEnumerable<CameraFinding> CameraFindings()
    {
        var (reader, record) = (Read(RecordingTopics.CameraFindings, RecordTables.CameraFinding), new CameraFindingRecord());
        while (reader.TryRead(record))
            yield return record.ToFinding();
    }

    /// <summary>What cameras had delivered and lost, each with the time of the look.</summary>
    public IEnumerable<(SessionTime Time, CameraStatistics Camera)> CameraStatistics()
    {
        var (reader, record) = (Read(RecordingTopics.CameraStatistics, RecordTables.CameraStatistics), new CameraStatisticsRecord());
        while (reader.TryRead(record))
            yield return (new(record.TimeNs), record.ToStatistics());
    }

    /// <summary>All blocks of samples; none where no tetrodes were recorded.</summary>
    public RecordReader<SampleBlock> Samples() => Read(RecordingTopics.Samples, TetrodeTables.Samples);

    /// <summary>The local field potential, in blocks; none where it was not kept.</summary>
    public RecordReader<LfpBlock> Lfp() => Read(RecordingTopics.Lfp, TetrodeTables.Lfp);

    /// <summary>All sorted spikes, in batches.</summary>
    public RecordReader<SpikeBatch> Spikes() => Read(RecordingTopics.Spikes, TetrodeTables.Spikes);

    /// <summary>The spikes of each unit in each bin.</summary>
    public RecordReader<SpikeCounts> SpikeCounts() => Read(RecordingTopics.SpikeCounts, TetrodeTables.Counts);

    /// <summary>Units as they stood, in the order in which they were looked at; the last of each is that of the end.</summary>
    public RecordReader<SortedUnit> Units() => Read(RecordingTopics.Units, TetrodeTables.Unit);

    /// <summary>What was noticed of samples.</summary>
    public IEnumerable<SampleFinding> SampleFindings()
    {
        var (reader, record) = (Read(RecordingTopics.SampleFindings, TetrodeTables.Finding), new SampleFindingRecord());
        while (reader.TryRead(record))
            yield return record.ToFinding();
    }

    /// <summary>The sync pulses that samples were placed on the session's clock by; none where there was no line for them.</summary>
    public IEnumerable<SyncPulse> SyncPulses()
    {
        var (reader, record) = (Read(RecordingTopics.SyncPulses, TetrodeTables.Sync), new SyncPulseRecord());
        while (reader.TryRead(record))
            yield return record.ToPulse();
    }

    /// <summary>How well features predicted units, from time to time; none where nothing was compared.</summary>
    public RecordReader<ComparisonScores> ComparisonScores() => Read(RecordingTopics.ComparisonScores, ComparisonTables.Scores);

    /// <summary>What neurons and layers made of behaviours, from time to time.</summary>
    public RecordReader<BehaviourComparison> BehaviourComparisons() => Read(RecordingTopics.BehaviourComparison, ComparisonTables.Behaviours);

    /// <summary>All telemetry: session time and JSON object.</summary>
    public IEnumerable<(SessionTime Time, string Json)> Telemetry()
    {
        if (ChannelOf(_file, RecordingTopics.Telemetry) is not { } channel)
            yield break;
        var messages = new McapMessages(_file, channel.Id);
        while (messages.TryNext())
            yield return (new((long)messages.LogTime), System.Text.Encoding.UTF8.GetString(messages.Data));
    }

    /// <summary>Reads a file that was stored in the recording.</summary>
    /// <exception cref="ClosedLoopException">There is none of this name, or it is damaged.</exception>
    public RecordingAttachment ReadAttachment(string name)
    {
        var index = _file.Contents.Attachments.FindIndex(attachment => attachment.Name == name);
        if (index < 0)
            throw ClosedLoopException.Failed($"'{Path}' holds no file '{name}'{Spelling.Suggest(name, AttachmentNames)}");
        var bytes = _file.ReadRecord(_file.Contents.Attachments[index], McapOpcode.Attachment);
        try
        {
            var body = new McapByteReader(bytes);
            _ = (body.UInt64(), body.UInt64());
            var attachment = new RecordingAttachment(body.String(), body.String(), body.Bytes(body.UInt64()).ToArray());
            var crc = body.UInt32();
            if (crc == 0 || Crc32.Compute(bytes.AsSpan(0, bytes.Length - 4)) == crc)
                return attachment;
        }
        catch (InvalidDataException)
        {
            // Said below, as is a wrong checksum.
        }
        throw ClosedLoopException.Failed($"'{Path}' is damaged: the file '{name}' in it has a wrong checksum or length");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The messages of all frame sets and their images, the channel of the sets, and by channel the camera of the images.</summary>
    internal (McapMessages Messages, ushort SetChannel, int[] CameraOf) FrameMessages(FrameLayout layout, string format)
    {
        var sets = ChannelOf(_file, RecordingTopics.Frames)!;
        var images = layout.CameraNames.Select(name => ChannelOf(_file, RecordingTopics.Images(name))
            ?? throw ClosedLoopException.Failed($"'{Path}' lacks the images of the camera '{name}'")).ToArray();
        foreach (var image in images)
            if (!_file.Schemas.TryGetValue(image.SchemaId, out var schema) || schema.Name != ImageMessage.FullName
                || !image.Metadata.TryGetValue("format", out var recorded) || recorded != format)
                throw ClosedLoopException.Failed($"the stream {image.Topic} of '{Path}' does not hold images of the format {format}");
        var cameraOf = new int[_file.Channels.Keys.Max() + 1];
        for (var i = 0; i < images.Length; i++)
            cameraOf[images[i].Id] = i;
        return (new(_file, [sets.Id, .. images.Select(image => image.Id)]), sets.Id, cameraOf);
    }

    private RecordReader<T> Read<T>(string topic, RecordTable<T> table)
        where T : class
    {
        var channel = ChannelOf(_file, topic);
        if (channel is not null && (!_file.Schemas.TryGetValue(channel.SchemaId, out var schema) || schema.Name != table.FullName))
            throw ClosedLoopException.Failed($"the stream {topic} of '{Path}' is not of the kind {table.FullName}");
        return new(Path, topic, channel is null ? null : new(_file, channel.Id), table);
    }

    private static McapChannel? ChannelOf(McapReader file, string topic) => file.Channels.Values.FirstOrDefault(channel => channel.Topic == topic);

    private static RecordingLayout ReadLayout(McapReader file)
    {
        if (ChannelOf(file, RecordingTopics.Keypoints) is not { } keypoints || ChannelOf(file, RecordingTopics.Control) is not { } control)
            throw ClosedLoopException.Failed(file.Channels.Count == 0
                ? $"'{file.Path}' holds no streams: it was cut at its very beginning"
                : $"'{file.Path}' is not the recording of a session: it has the streams {string.Join(", ", file.Channels.Values.Select(channel => channel.Topic))}");
        try
        {
            return RecordingLayout.Parse(keypoints.Metadata, control.Metadata) with
            {
                Frames = ChannelOf(file, RecordingTopics.Frames) is { } frames ? FrameLayout.Parse(frames.Metadata) : null,
                Tetrodes = ChannelOf(file, RecordingTopics.Samples) is { } samples ? TetrodeLayout.Parse(samples.Metadata) : null,
                Comparison = ChannelOf(file, RecordingTopics.ComparisonScores) is { } scores ? ComparisonLayout.Parse(scores.Metadata) : null,
            };
        }
        catch (FormatException error)
        {
            throw ClosedLoopException.Failed($"'{file.Path}' does not say how its records are laid out: {error.Message}", error);
        }
    }
}
