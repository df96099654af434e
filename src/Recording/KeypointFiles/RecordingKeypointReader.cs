using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Reads the stream /keypoints of a recording, one of a session or one that holds nothing else, as a keypoint file.</summary>
internal static class RecordingKeypointReader
{
    public static RawKeypoints Read(string path)
    {
        using var file = McapReader.Open(path);
        if (ChannelOf(file, RecordingTopics.Keypoints) is not { } channel)
            throw ClosedLoopException.Failed(
                $"'{path}' has no keypoints: it has {(file.Channels.Count == 0 ? "no streams" : $"the streams {string.Join(", ", file.Channels.Values.Select(other => other.Topic))}")}");
        var (layout, rateHz) = LayoutOf(path, channel);
        var sets = new CollectedKeypoints(layout);
        var (counters, devicesNs) = (new List<long>(), new List<long>());
        var reader = new RecordReader<Keypoints>(path, channel.Topic, new(file, channel.Id), RecordTables.Keypoints);
        var keypoints = new Keypoints(layout);
        while (reader.TryRead(keypoints))
        {
            sets.Add(keypoints);
            counters.Add(keypoints.Stamp.DeviceCounter);
            devicesNs.Add(keypoints.Stamp.DeviceTimeNs);
        }
        var raw = new RawKeypoints
        {
            Kind = "recording",
            Names = [.. layout.Names],
            Edges = [.. layout.Edges],
            KeypointCount = layout.Count,
            FrameCount = sets.Count,
            Positions = [.. sets.Positions],
            Confidence = [.. sets.Confidence.Select(value => (double)value)],
            // NB: only where the device's clock is one clock: a source that begins anew turns it back.
            TimestampsS = Rise(devicesNs) ? [.. devicesNs.Select(ns => ns / 1e9)] : null,
            FrameNumbers = Rise(counters) ? [.. counters] : null,
            RateHz = rateHz,
            UnitClaim = "m",
        };
        raw.Notes.AddRange(file.Notes);
        return raw;
    }

    /// <summary>Whether a file is a recording that holds keypoints, but no session that could be replayed.</summary>
    public static bool HoldsKeypointsAlone(string path)
    {
        try
        {
            using var file = McapReader.Open(path);
            return ChannelOf(file, RecordingTopics.Keypoints) is not null && ChannelOf(file, RecordingTopics.Control) is null;
        }
        catch (ClosedLoopException)
        {
            // Whoever reads it will say what is wrong.
            return false;
        }
    }

    private static McapChannel? ChannelOf(McapReader file, string topic) => file.Channels.Values.FirstOrDefault(channel => channel.Topic == topic);

    private static (KeypointLayout Layout, double RateHz) LayoutOf(string path, McapChannel channel)
    {
        try
        {
            return RecordingLayout.ParseKeypoints(channel.Metadata);
        }
        catch (FormatException error)
        {
            throw ClosedLoopException.Failed($"'{path}' does not say how its keypoints are laid out: {error.Message}", error);
        }
    }

    private static bool Rise(List<long> numbers) => numbers is [>= 0, ..] && numbers.Zip(numbers.Skip(1)).All(pair => pair.First < pair.Second);
}
