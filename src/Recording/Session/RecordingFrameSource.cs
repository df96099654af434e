using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>The frame sets of a recording as a source.</summary>
/// <remarks>
/// Without a playback rate stamps are those of the recording. With one, sets are handed out at the recorded pace of
/// capture times the rate, and capture and production of the set are stamped anew: when it was due, and when it was
/// handed out. Images went through a codec that loses a little; what was missing is missing.
/// </remarks>
public sealed class RecordingFrameSource : IFrameSource
{
    private readonly SessionRecording _recording;
    private readonly IImageCodec _codec;
    private readonly FrameLayout _layout;
    private readonly double? _playbackRate;
    private readonly SessionClock _clock;
    private readonly McapMessages _messages;
    private readonly ushort _setChannel;
    private readonly int[] _cameraOf;
    private readonly long[] _decodedSet;
    private readonly FrameSet _next;
    private readonly FrameSet _read;
    private readonly FrameRange? _frames;
    private (SessionTime Recorded, SessionTime Played)? _start;
    private long _place;
    private bool _hasNext;

    /// <summary>Reads from <paramref name="recording"/>, which it then owns.</summary>
    /// <param name="recording">An open recording.</param>
    /// <param name="codec">Decodes its images.</param>
    /// <param name="playbackRate">1: as fast as it was recorded; null: as fast as sets are asked for.</param>
    /// <param name="clock">The clock that playback at a rate goes by.</param>
    /// <param name="frames">Only these sets, counted from the recording's first; null: all.</param>
    /// <exception cref="ClosedLoopException">It holds no images, or those of another format, or not so many sets.</exception>
    public RecordingFrameSource(SessionRecording recording, IImageCodec codec, double? playbackRate = null, SessionClock? clock = null, FrameRange? frames = null)
    {
        if (playbackRate is { } rate && !(rate > 0 && double.IsFinite(rate)))
            throw ClosedLoopException.Usage($"{rate} is not a playback rate; give 1 for real time, 2 for twice as fast, or max");
        (_recording, _codec, _playbackRate, _clock) = (recording, codec, playbackRate, clock ?? new());
        _layout = recording.Layout.Frames
            ?? throw ClosedLoopException.Usage($"'{recording.Path}' holds no images; it was recorded without cameras");
        (_messages, _setChannel, _cameraOf) = recording.FrameMessages(_layout, codec.Format);
        _frames = frames?.Within(recording.Count(RecordingTopics.Frames), recording.Path);
        (_next, _read) = (_layout.NewFrameSet(), _layout.NewFrameSet());
        _decodedSet = new long[_layout.Cameras.Count];
        SetCount = (_frames?.To ?? recording.Count(RecordingTopics.Frames)) - (_frames?.From ?? 0);
        Description = $"{Path.GetFileName(recording.Path)} (recording, {recording.Count(RecordingTopics.Frames)} sets of {_layout.Cameras.Count} images at {RateHz:G6} Hz)";
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> CameraNames => _layout.CameraNames;

    /// <inheritdoc/>
    public IReadOnlyList<(int Width, int Height, int Channels)> Cameras => _layout.Cameras;

    /// <inheritdoc/>
    public double RateHz => _layout.RateHz;

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>How many sets there are to be read.</summary>
    public long SetCount { get; }

    /// <summary>What a person should know of the recording's state.</summary>
    public IReadOnlyList<string> Notes => _recording.Notes;

    /// <inheritdoc/>
    public bool TryRead(FrameSet set, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested || !(_hasNext || TryReadNext()))
            return false;
        _hasNext = true;
        if (_playbackRate is { } rate)
        {
            _start ??= (_next.Stamp.Captured, _clock.Now);
            var due = _start.Value.Played + (long)((_next.Stamp.Captured - _start.Value.Recorded) / rate);
            if (!_clock.WaitUntil(due, cancellation))
                return false;
            _next.Stamp = _next.Stamp with { Captured = due, Produced = _clock.Now };
        }
        set.ExchangeWith(_next);
        _hasNext = false;
        return true;
    }

    /// <summary>Closes the recording.</summary>
    public void Dispose() => _recording.Dispose();

    /// <summary>Reads the next set that was asked for.</summary>
    private bool TryReadNext()
    {
        while (!(_place >= _frames?.To) && TryReadSet())
            if (!(_place++ < _frames?.From))
                return true;
        return false;
    }

    /// <summary>Reads images until their set, which was written after them, is there.</summary>
    private bool TryReadSet()
    {
        Array.Fill(_decodedSet, RecordStamp.None);
        while (_messages.TryNext())
        {
            try
            {
                if (_messages.Channel != _setChannel)
                {
                    TakeImage(_cameraOf[_messages.Channel]);
                    continue;
                }
                RecordTables.FrameSet.Decode(_messages.Data, _read);
            }
            catch (InvalidDataException error)
            {
                throw ClosedLoopException.Failed($"'{_recording.Path}' is damaged: message {_messages.Sequence} of its frames cannot be read, {error.Message}", error);
            }
            for (var i = 0; i < _decodedSet.Length; i++)
            {
                if (_read.Present[i] && _decodedSet[i] != _read.Stamp.Sequence)
                    throw ClosedLoopException.Failed(
                        $"'{_recording.Path}' is damaged: set {_read.Stamp.Sequence} lacks the image of {_layout.CameraNames[i]} that it is said to have");
                _next.Present[i] = _read.Present[i];
                if (!_next.Present[i])
                    _next.Stamps[i] = default;
            }
            _next.Stamp = _read.Stamp;
            return true;
        }
        return false;
    }

    private void TakeImage(int camera)
    {
        var head = ImageMessage.Decode(_messages.Data, out var image);
        var (width, height, channels) = _layout.Cameras[camera];
        if (!_codec.TryDecode(image, _next.Pixels[camera], width, height, channels, out var why))
            throw new InvalidDataException($"the image of {_layout.CameraNames[camera]} in set {head.SetSequence} is damaged ({why})");
        _decodedSet[camera] = head.SetSequence;
        _next.Stamps[camera] = head.Stamp;
    }
}
