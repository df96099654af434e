using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Tetrodes;

/// <summary>
/// The bins of a recording, each due when as many samples have been sorted as had been when it was given out: so the same
/// spikes are counted, however fast the replay.
/// </summary>
internal sealed class RecordedBins : BinPlan
{
    private readonly RecordReader<SpikeCounts> _bins;
    private readonly SpikeCounts _next;
    private bool _has;

    public RecordedBins(SessionRecording recording)
    {
        (_bins, _next) = (recording.SpikeCounts(), recording.Layout.Tetrodes!.NewSpikeCounts());
        _has = _bins.TryRead(_next);
    }

    /// <inheritdoc/>
    public override bool TryNext(SessionTime sorted, long nextSample, bool all, out long tick, out SessionTime end)
    {
        (tick, end) = (_next.Stamp.Sequence, _next.Start + _next.WidthNs);
        if (!_has || !(all || _next.Stamp.DeviceCounter == nextSample))
            return false;
        _has = _bins.TryRead(_next);
        return true;
    }
}
