using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Writes keypoints as a recording (MCAP) that holds them alone: the stream /keypoints with the messages that a session
/// writes, stamps included.
/// </summary>
internal sealed class RecordingKeypointWriter : IKeypointWriter
{
    private const int ChunkBytes = 1 << 20;

    private readonly string _path;
    private readonly string _temporary;
    private FileStream? _stream;
    private McapWriter? _file;
    private ushort _channel;
    private byte[] _message = [];

    public RecordingKeypointWriter(string path, KeypointFileHeader header)
    {
        (_path, _temporary) = (path, $"{path}.{Environment.ProcessId}.tmp");
        KeypointWriter.OnDisk(path, () =>
        {
            _stream = new(_temporary, FileMode.Create);
            _file = new(_stream, $"closedloop {header.Version}".TrimEnd(), ChunkBytes + (1 << 16));
            var table = RecordTables.Keypoints;
            _channel = _file.AddChannel(
                _file.AddSchema(table.FullName, "protobuf", table.Describe()), RecordingTopics.Keypoints, "protobuf",
                RecordingLayout.DescribeKeypoints(header.Layout, header.RateHz));
            _file.WriteMetadata("keypoints", new Dictionary<string, string>
            {
                ["source"] = header.Source,
                ["description"] = header.Description,
                ["cameras"] = string.Join(',', header.Cameras),
                ["sizes"] = string.Join(',', header.ImageSizes.Select(size => string.Create(CultureInfo.InvariantCulture, $"{size.Width}x{size.Height}"))),
                ["started_at"] = header.Start.ToString("O", CultureInfo.InvariantCulture),
            });
            _message = new byte[table.Size(new Keypoints(header.Layout))];
        });
    }

    public int Count { get; private set; }

    public void Write(Keypoints keypoints) => KeypointWriter.OnDisk(_path, () =>
    {
        var length = RecordTables.Keypoints.Encode(keypoints, _message);
        var stamp = keypoints.Stamp;
        _file!.WriteMessage(_channel, Time(stamp.Produced), Time(stamp.Captured), _message.AsSpan(0, length));
        if (_file.OpenChunkBytes >= ChunkBytes)
            _file.CloseChunk();
        Count++;
    });

    public void Complete() => KeypointWriter.OnDisk(_path, () =>
    {
        _file!.Finish();
        _stream!.Dispose();
        File.Move(_temporary, _path, overwrite: true);
    });

    public void Dispose()
    {
        _stream?.Dispose();
        if (File.Exists(_temporary))
            File.Delete(_temporary);
    }

    private static ulong Time(SessionTime time) => (ulong)Math.Max(0, time.Nanoseconds);
}
