using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>The account of one camera's frames. One thread observes, any may look.</summary>
internal sealed class FrameLedger
{
    private readonly object _gate = new();
    private long _delivered, _lost, _repeated, _outOfOrder, _short, _decodeErrors;
    private long _lastCounter = RecordStamp.None;
    private long _lastDeviceNs = RecordStamp.None;
    private SessionTime? _lastArrival;

    /// <summary>Takes a frame into the account and numbers it.</summary>
    public void Observe(CameraFrame frame)
    {
        lock (_gate)
        {
            var stamp = frame.Stamp;
            frame.Stamp = stamp with { Sequence = _delivered++ };
            _lastArrival = stamp.Produced;
            if (frame.Defect == FrameDefect.Short)
                _short++;
            if (frame.Defect == FrameDefect.Undecodable)
                _decodeErrors++;
            if (stamp.DeviceCounter != RecordStamp.None)
                ObserveStep(_lastCounter == RecordStamp.None ? 1 : stamp.DeviceCounter - _lastCounter);
            else if (stamp.DeviceTimeNs != RecordStamp.None && _lastDeviceNs != RecordStamp.None && frame.Format.RateHz > 0)
                ObserveStep(Math.Max(1, (long)Math.Round((stamp.DeviceTimeNs - _lastDeviceNs) * 1e-9 * frame.Format.RateHz)));
            (_lastCounter, _lastDeviceNs) = (stamp.DeviceCounter, stamp.DeviceTimeNs);
        }
    }

    /// <summary>The camera begins anew: its next count follows on nothing.</summary>
    public void Restart()
    {
        lock (_gate)
            (_lastCounter, _lastDeviceNs) = (RecordStamp.None, RecordStamp.None);
    }

    public CameraStatistics Look(string name, long overruns)
    {
        lock (_gate)
            return new(name, _delivered, _lost, _repeated, _outOfOrder, _short, _decodeErrors, overruns, _lastArrival);
    }

    private void ObserveStep(long step)
    {
        if (step == 0)
            _repeated++;
        else if (step < 0)
            _outOfOrder++;
        else
            _lost += step - 1;
    }
}
