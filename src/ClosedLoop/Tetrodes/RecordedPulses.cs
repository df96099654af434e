using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Tetrodes;

/// <summary>The sync pulses of a recording, each before the block before which it was taken into account: so the same times are told again.</summary>
internal sealed class RecordedPulses : PulsePlan, IDisposable
{
    private readonly IEnumerator<SyncPulse> _pulses;
    private bool _has;

    public RecordedPulses(SessionRecording recording)
    {
        _pulses = recording.SyncPulses().GetEnumerator();
        _has = _pulses.MoveNext();
    }

    /// <inheritdoc/>
    public override bool TryNext(SampleBlock block, SampleClock clock, out SyncPulse pulse)
    {
        pulse = _has ? _pulses.Current : default;
        if (!_has || pulse.Block > block.Stamp.Sequence)
            return false;
        _has = _pulses.MoveNext();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _pulses.Dispose();
}
