using System.Globalization;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>The streams that cameras add to a recording, and the encoder that fills those of the images.</summary>
internal sealed class CameraChannels
{
    // Encoded images that are on their way to the file before buffers must be made: about a third of a second.
    private const int ImagesAhead = 16;

    private readonly SessionRecorder _recorder;
    private readonly FrameLayout _layout;
    private readonly IImageCodec _codec;
    private readonly ushort _sets;
    private readonly ushort[] _images;
    private readonly byte[][] _names;
    private readonly byte[] _format;
    private readonly Pool<RecordBlock> _pool;

    /// <summary>Adds the streams to the file.</summary>
    public CameraChannels(SessionRecorder recorder, FrameLayout layout, IImageCodec codec)
    {
        (_recorder, _layout, _codec) = (recorder, layout, codec);
        _sets = recorder.AddChannel(recorder.AddSchema(RecordTables.FrameSet.FullName, RecordTables.FrameSet.Describe()), RecordingTopics.Frames, layout.Describe());
        var image = recorder.AddSchema(ImageMessage.FullName, ImageMessage.Describe());
        _images = [.. layout.CameraNames.Select((name, i) => recorder.AddChannel(
            image, RecordingTopics.Images(name), new()
            {
                ["camera"] = name,
                ["format"] = codec.Format,
                ["settings"] = codec.Settings,
                ["width_px"] = layout.Cameras[i].Width.ToString(CultureInfo.InvariantCulture),
                ["height_px"] = layout.Cameras[i].Height.ToString(CultureInfo.InvariantCulture),
                ["channels"] = layout.Cameras[i].Channels.ToString(CultureInfo.InvariantCulture),
            }))];
        Findings = recorder.AddChannel(
            recorder.AddSchema(RecordTables.CameraFinding.FullName, RecordTables.CameraFinding.Describe()), RecordingTopics.CameraFindings,
            new() { ["kind"] = RecordingLayout.Flags<CameraFindingKind>() });
        Statistics = recorder.AddChannel(
            recorder.AddSchema(RecordTables.CameraStatistics.FullName, RecordTables.CameraStatistics.Describe()), RecordingTopics.CameraStatistics, null);
        _names = [.. layout.CameraNames.Select(Encoding.UTF8.GetBytes)];
        _format = Encoding.UTF8.GetBytes(codec.Format);
        var usual = layout.Cameras.Max(camera => camera.Width * camera.Height / 2);
        _pool = new(ImagesAhead * layout.Cameras.Count, () => new(usual));
    }

    /// <summary>The stream of findings.</summary>
    public ushort Findings { get; }

    /// <summary>The stream of the cameras' accounts.</summary>
    public ushort Statistics { get; }

    /// <summary>The encoder; null before <see cref="Begin"/>.</summary>
    public FrameRecorder? Encoder { get; private set; }

    /// <summary>Images and sets that are on their way to the file.</summary>
    public int Outstanding => _pool.Outstanding + (Encoder?.Outstanding ?? 0);

    /// <summary>Begins to encode.</summary>
    public void Begin(SessionRecorderOptions options) => Encoder = new(_layout, _codec, options.FrameQueueCapacity, Take, Take);

    private void Take(int camera, FrameSet set, ReadOnlyMemory<byte> image)
    {
        var block = _recorder.Rent(_pool);
        var stamp = set.Stamps[camera];
        block.Length = ImageMessage.Encode(
            new(set.Stamp.Sequence, stamp), _names[camera], _format, image.Span, block.Room(ImageMessage.MaxBytes(image.Length, _names[camera].Length)));
        _recorder.HandOver(block, _images[camera], set.Stamp.Produced, stamp.Captured);
    }

    private void Take(FrameSet set)
    {
        var block = _recorder.Rent(_pool);
        block.Length = RecordTables.FrameSet.Encode(set, block.Room(RecordTables.FrameSet.Size(set)));
        _recorder.HandOver(block, _sets, set.Stamp.Produced, set.Stamp.Captured);
    }
}
