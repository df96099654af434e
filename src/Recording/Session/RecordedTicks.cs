using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// The beats of a recorded session's control clock in order, each with the keypoint set that had arrived for it. Fed
/// to the same pipeline they give the same poses and control steps, bit for bit.
/// </summary>
public sealed class RecordedTicks
{
    private readonly SessionRecording _recording;
    private readonly RecordReader<RecordTables.TickRecord> _ticks;
    private readonly RecordReader<Keypoints> _keypoints;
    private readonly RecordTables.TickRecord _tick = new();

    internal RecordedTicks(SessionRecording recording, RecordReader<RecordTables.TickRecord> ticks) =>
        (_recording, _ticks, _keypoints) = (recording, ticks, recording.Keypoints());

    /// <summary>
    /// Reads the next tick; its keypoints, where it had any, are written to <paramref name="keypoints"/>, which it then
    /// holds. Keypoint sets that no tick used are passed over.
    /// </summary>
    /// <returns>False at the end, also where a recording that was cut lacks the tick's keypoints.</returns>
    /// <exception cref="ClosedLoopException">The recording is damaged, or a whole one lacks the keypoints of a tick.</exception>
    public bool TryRead(Keypoints keypoints, out ControlTick tick)
    {
        tick = default;
        if (!_ticks.TryRead(_tick))
            return false;
        var time = new SessionTime(_tick.TimeNs);
        if (_tick.KeypointsSequence == RecordStamp.None)
        {
            tick = new(_tick.Index, time, null);
            return true;
        }
        // Both streams rise in sequence, so one walk through each suffices, whichever was written first.
        while (_keypoints.TryRead(keypoints))
        {
            if (keypoints.Stamp.Sequence < _tick.KeypointsSequence)
                continue;
            if (keypoints.Stamp.Sequence > _tick.KeypointsSequence)
                break;
            tick = new(_tick.Index, time, keypoints);
            return true;
        }
        return !_recording.IsWhole
            ? false
            : throw ClosedLoopException.Failed(
                $"'{_recording.Path}' cannot be replayed by its ticks: tick {_tick.Index} used keypoint set {_tick.KeypointsSequence}, which was not recorded");
    }
}
