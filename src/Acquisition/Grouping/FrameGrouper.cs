using System.Diagnostics.CodeAnalysis;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// Groups the frames of several cameras into sets by trigger index or by fitted time, marks what is missing, and names
/// at once a camera that stops, skips, repeats, or sends what cannot be used. Sets come in the order of their triggers:
/// each when it is complete, when all that lack have stopped, or when its wait is over.
/// </summary>
/// <remarks>One thread. Deterministic: the same frames and times give the same sets. Allocates nothing once made.</remarks>
public sealed class FrameGrouper
{
    // Sets in the hands of the reader, beside those that wait.
    private const int SetsLent = 4;

    private readonly FrameGrouperOptions _options;
    private readonly CameraTrack[] _cameras;
    private readonly Pool<FrameSet> _pool;
    private readonly OpenSet[] _open;
    private readonly TriggerPhase _phase;
    private readonly double _rateHz;
    private readonly long _waitNs, _silenceNs, _startNs, _maxAhead;
    private int _openCount;
    private long _releasedTrigger = long.MinValue;
    private long _sets, _incomplete;

    /// <summary>Makes a grouper for cameras of these names and formats, in the order of a set's images.</summary>
    /// <param name="names">The cameras' names.</param>
    /// <param name="formats">What they deliver; all at one rate.</param>
    /// <param name="now">When frames are first expected.</param>
    /// <param name="options">How they are grouped.</param>
    public FrameGrouper(IReadOnlyList<string> names, IReadOnlyList<CameraFormat> formats, SessionTime now, FrameGrouperOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(names.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(formats.Count, names.Count);
        _options = options ?? new();
        _cameras = [.. names.Select((name, i) => new CameraTrack(i, name) { LastArrival = now })];
        _rateHz = formats[0].RateHz;
        var periodNs = 1e9 / _rateHz;
        _waitNs = (long)(_options.WaitPeriods * periodNs);
        _silenceNs = Math.Max(SessionTime.FromSeconds(_options.SilenceS).Nanoseconds, (long)(3 * periodNs));
        _startNs = SessionTime.FromSeconds(_options.StartPatienceS).Nanoseconds;
        _maxAhead = Math.Max(8, (long)(_options.MaxAheadS * _rateHz));
        _phase = new(periodNs, names.Count);
        var sizes = formats.Select(format => (format.WidthPx, format.HeightPx, format.Channels)).ToArray();
        _open = [.. Enumerable.Range(0, (int)Math.Ceiling(_options.WaitPeriods) + 4).Select(_ => new OpenSet(names.Count))];
        _pool = new(_open.Length + SetsLent, () => new FrameSet(sizes));
    }

    /// <summary>Sees every finding as it is made, on the grouper's thread.</summary>
    public event Action<CameraFinding>? Found;

    /// <summary>What was done so far.</summary>
    public GrouperStatistics Statistics => new(_sets, _incomplete, [.. _cameras.Select(camera => camera.Look())]);

    /// <summary>Sets that were given out and not returned.</summary>
    public int OutstandingSets => _pool.Outstanding - _openCount;

    /// <summary>Whether no set waits.</summary>
    public bool IsEmpty => _openCount == 0;

    /// <summary>When the oldest waiting set is given out at the latest.</summary>
    public SessionTime? NextDeadline => _openCount == 0 ? null : _open[0].Opened + _waitNs;

    /// <summary>
    /// Takes a frame. Its image goes into its set by exchange of buffers: afterwards the frame holds another buffer.
    /// </summary>
    /// <param name="camera">The camera's place.</param>
    /// <param name="frame">The frame; stays the caller's.</param>
    /// <param name="now">The session time.</param>
    public void Add(int camera, CameraFrame frame, SessionTime now)
    {
        var track = _cameras[camera];
        if (track.IsStopped && track.HasArrived)
            Raise(track, CameraFindingKind.Resumed, now, 1);
        track.IsStopped = false;
        var stamp = frame.Stamp;
        var step = StepOf(track, stamp);
        if (stamp.DeviceTimeNs != RecordStamp.None && step > 0)
            track.Clock.Add(stamp.DeviceTimeNs, stamp.Produced.Nanoseconds);
        var trigger = TriggerOf(track, ref stamp);
        if (IsOutOfStep(track, trigger))
        {
            Raise(track, CameraFindingKind.OutOfStep, now, 1);
            Arrived(track, frame.Stamp, now);
            return;
        }
        if (step > 1)
            Raise(track, CameraFindingKind.Skipped, now, step - 1);
        else if (step < 0)
            Raise(track, CameraFindingKind.OutOfOrder, now, 1);
        Arrived(track, frame.Stamp, now);
        if (step == 0)
        {
            Raise(track, CameraFindingKind.Repeated, now, 1);
            return;
        }
        track.LastTrigger = Math.Max(track.LastTrigger, trigger);
        if (frame.Defect != FrameDefect.None || frame.ByteCount != frame.Format.ByteCount)
            Raise(track, frame.Defect == FrameDefect.Undecodable ? CameraFindingKind.Undecodable : CameraFindingKind.Short, now, 1);
        // NB: there is room for every set that may wait as long as TryRelease is called after each frame.
        if (trigger > _releasedTrigger && (Find(trigger) ?? Open(trigger, now)) is { } set)
            Place(track, frame, stamp, set, now);
        else
            Raise(track, CameraFindingKind.Late, now, 1);
    }

    /// <summary>A camera delivers nothing more: it is at its end, or it has failed.</summary>
    public void End(int camera, SessionTime now, bool failed)
    {
        var track = _cameras[camera];
        if (failed)
            Raise(track, CameraFindingKind.Failed, now, 1);
        track.HasEnded = true;
    }

    /// <summary>
    /// Gives out the next set that is due, which is lent until it is handed to <see cref="Return"/>. To be called
    /// after each frame until there is none, and at least every 20 ms, for this is what notices silence.
    /// </summary>
    public bool TryRelease(SessionTime now, [NotNullWhen(true)] out FrameSet? set)
    {
        CheckSilence(now);
        set = null;
        if (_openCount == 0 || !(IsComplete(_open[0]) || _openCount == _open.Length || now >= _open[0].Opened + _waitNs))
            return false;
        var head = _open[0];
        set = head.Frames!;
        head.Frames = null;
        Array.Copy(_open, 1, _open, 0, --_openCount);
        _open[_openCount] = head;
        _releasedTrigger = head.Trigger;
        Stamp(set, head.Trigger, now);
        return true;
    }

    /// <summary>Gives a set back.</summary>
    public void Return(FrameSet set) => _pool.Return(set);

    private static void Arrived(CameraTrack track, in RecordStamp stamp, SessionTime now) =>
        (track.LastCounter, track.LastDeviceNs, track.LastArrival, track.HasArrived) = (stamp.DeviceCounter, stamp.DeviceTimeNs, now, true);

    /// <summary>How many frames the device has gone on since the last: 1 where all is well.</summary>
    private long StepOf(CameraTrack track, in RecordStamp stamp)
    {
        if (!track.HasArrived)
            return 1;
        if (stamp.DeviceCounter != RecordStamp.None && track.LastCounter != RecordStamp.None)
            return stamp.DeviceCounter - track.LastCounter;
        if (stamp.DeviceTimeNs == RecordStamp.None || track.LastDeviceNs == RecordStamp.None)
            return 1;
        var ns = stamp.DeviceTimeNs - track.LastDeviceNs;
        // A frame that is not the same one has a later time, if only by half a period.
        return ns == 0 ? 0 : ns < 0 ? -1 : Math.Max(1, (long)Math.Round(ns * 1e-9 * _rateHz));
    }

    private long TriggerOf(CameraTrack track, ref RecordStamp stamp)
    {
        if (_options.Mode == GroupingMode.TriggerIndex)
            return stamp.DeviceCounter;
        if (stamp.DeviceTimeNs != RecordStamp.None)
            stamp = stamp with { Captured = new(track.Clock.ToSessionNs(stamp.DeviceTimeNs)) };
        return _phase.IndexOf(stamp.Captured.Nanoseconds);
    }

    private bool IsOutOfStep(CameraTrack track, long trigger)
    {
        var newest = long.MinValue;
        foreach (var other in _cameras)
            if (other != track && other.IsExpected && other.LastTrigger != RecordStamp.None)
                newest = Math.Max(newest, other.LastTrigger);
        return newest != long.MinValue && Math.Abs(trigger - newest) > _maxAhead;
    }

    private OpenSet? Find(long trigger)
    {
        for (var i = 0; i < _openCount; i++)
            if (_open[i].Trigger == trigger)
                return _open[i];
        return null;
    }

    private OpenSet? Open(long trigger, SessionTime now)
    {
        if (_openCount == _open.Length)
            return null;
        var set = _open[_openCount];
        var at = _openCount++;
        for (; at > 0 && _open[at - 1].Trigger > trigger; at--)
            _open[at] = _open[at - 1];
        _open[at] = set;
        (set.Trigger, set.Opened, set.Frames) = (trigger, now, _pool.Rent());
        set.Frames.Clear();
        Array.Clear(set.Seen);
        return set;
    }

    private void Place(CameraTrack track, CameraFrame frame, in RecordStamp stamp, OpenSet set, SessionTime now)
    {
        if (set.Seen[track.Index])
        {
            Raise(track, CameraFindingKind.Repeated, now, 1);
            return;
        }
        var frames = set.Frames!;
        set.Seen[track.Index] = true;
        frames.Stamps[track.Index] = stamp;
        if (frame.Defect != FrameDefect.None || frame.ByteCount != frame.Format.ByteCount)
            return;
        frames.Present[track.Index] = true;
        (frames.Pixels[track.Index], frame.Pixels) = (frame.Pixels, frames.Pixels[track.Index]);
    }

    private bool IsComplete(OpenSet set)
    {
        foreach (var camera in _cameras)
            if (camera.IsExpected && !set.Seen[camera.Index])
                return false;
        return true;
    }

    private void Stamp(FrameSet set, long trigger, SessionTime now)
    {
        var captured = now;
        var deviceNs = RecordStamp.None;
        var complete = true;
        for (var i = 0; i < _cameras.Length; i++)
        {
            complete &= set.Present[i];
            if (!set.Present[i])
            {
                _cameras[i].Missing++;
                continue;
            }
            _cameras[i].Grouped++;
            if (deviceNs == RecordStamp.None)
                deviceNs = set.Stamps[i].DeviceTimeNs;
            if (set.Stamps[i].Captured < captured)
                captured = set.Stamps[i].Captured;
        }
        if (!complete)
            _incomplete++;
        set.Stamp = new(_sets++, trigger, deviceNs, captured, now);
    }

    private void CheckSilence(SessionTime now)
    {
        foreach (var camera in _cameras)
        {
            if (!camera.IsExpected || now - camera.LastArrival <= (camera.HasArrived ? _silenceNs : _startNs))
                continue;
            Raise(camera, CameraFindingKind.Stopped, now, 0);
            camera.IsStopped = true;
        }
    }

    private void Raise(CameraTrack camera, CameraFindingKind kind, SessionTime now, long count)
    {
        camera.Count(kind, count);
        Found?.Invoke(new(camera.Index, camera.Name, kind, now, count, camera.LastArrival));
    }
}
