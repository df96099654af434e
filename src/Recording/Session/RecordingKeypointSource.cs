using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>The keypoint sets of a recording as a source.</summary>
/// <remarks>
/// Without a playback rate stamps are those of the recording. With one, sets are handed out at the recorded pace of
/// capture times the rate, and capture and production are stamped anew: when the set was due, and when it was handed out.
/// </remarks>
public sealed class RecordingKeypointSource : IKeypointSource
{
    private readonly SessionRecording _recording;
    private readonly RecordReader<Keypoints> _reader;
    private readonly double? _playbackRate;
    private readonly SessionClock _clock;
    private (SessionTime Recorded, SessionTime Played)? _start;

    /// <summary>Reads from <paramref name="recording"/>, which it then owns.</summary>
    /// <param name="recording">An open recording.</param>
    /// <param name="playbackRate">1: as fast as it was recorded; null: as fast as sets are asked for.</param>
    /// <param name="clock">The clock that playback at a rate goes by.</param>
    public RecordingKeypointSource(SessionRecording recording, double? playbackRate = null, SessionClock? clock = null)
    {
        if (playbackRate is { } rate && !(rate > 0 && double.IsFinite(rate)))
            throw ClosedLoopException.Usage($"{rate} is not a playback rate; give 1 for real time, 2 for twice as fast, or max");
        (_recording, _playbackRate, _clock) = (recording, playbackRate, clock ?? new());
        _reader = recording.Keypoints();
        Description = $"{Path.GetFileName(recording.Path)} (recording, {recording.Count(RecordingTopics.Keypoints)} keypoint sets at {RateHz:G6} Hz)";
    }

    /// <inheritdoc/>
    public KeypointLayout Layout => _recording.Layout.Keypoints;

    /// <inheritdoc/>
    public double RateHz => _recording.Layout.KeypointRateHz;

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public bool TryRead(Keypoints keypoints, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested || !_reader.TryRead(keypoints))
            return false;
        if (_playbackRate is not { } rate)
            return true;
        _start ??= (keypoints.Stamp.Captured, _clock.Now);
        var due = _start.Value.Played + (long)((keypoints.Stamp.Captured - _start.Value.Recorded) / rate);
        if (!_clock.WaitUntil(due, cancellation))
            return false;
        keypoints.Stamp = keypoints.Stamp with { Captured = due, Produced = _clock.Now };
        return true;
    }

    /// <summary>Closes the recording.</summary>
    public void Dispose() => _recording.Dispose();
}
