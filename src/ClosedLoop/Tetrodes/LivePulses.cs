using ClosedLoop.Acquisition;
using ClosedLoop.Core;

namespace ClosedLoop.Tetrodes;

/// <summary>
/// Sync pulses of a session that runs: triggers come from the cameras' thread, pulses are found among the samples. NB:
/// without a lock, as the beats are passed on: cameras wait for nobody.
/// </summary>
internal sealed class LivePulses(SyncLine line) : PulsePlan
{
    private const int Capacity = 256, MostEdges = 64;

    private readonly SyncPulseFinder _finder = new(line);
    private readonly SyncMatcher _matcher = new();
    private readonly (long Index, SessionTime Time)[] _triggers = new (long, SessionTime)[Capacity];
    private long _written, _taken;

    /// <inheritdoc/>
    public override long Surplus => _matcher.Surplus;

    /// <inheritdoc/>
    public override long Missed => _matcher.Missed;

    /// <inheritdoc/>
    public override double MissingS => (_matcher.NewestTrigger - _matcher.LastMatched) * 1e-9;

    /// <inheritdoc/>
    public override void Triggered(long index, SessionTime time)
    {
        // A sorter that is seconds behind has matches enough; it goes on with what comes later.
        if (_written - Volatile.Read(ref _taken) == Capacity)
            return;
        _triggers[_written % Capacity] = (index, time);
        Volatile.Write(ref _written, _written + 1);
    }

    /// <inheritdoc/>
    public override void Look(SampleBlock block, bool followsGap, bool restarted)
    {
        if (followsGap)
            _finder.Forget();
        if (restarted)
            _matcher.Restart();
        Span<long> edges = stackalloc long[MostEdges];
        var count = _finder.Find(block, edges);
        for (var i = 0; i < count; i++)
            _matcher.Pulsed(edges[i]);
        for (var written = Volatile.Read(ref _written); _taken < written; Volatile.Write(ref _taken, _taken + 1))
            _matcher.Triggered(_triggers[_taken % Capacity].Index, _triggers[_taken % Capacity].Time);
    }

    /// <inheritdoc/>
    public override bool TryNext(SampleBlock block, SampleClock clock, out SyncPulse pulse)
    {
        if (_matcher.MustForget(clock, block.Stamp.DeviceCounter))
        {
            pulse = new(block.Stamp.Sequence, block.Stamp.DeviceCounter, RecordStamp.None, block.Stamp.Captured);
            return true;
        }
        var matched = _matcher.TryMatch(clock, block.Stamp.Captured, out var sample, out var trigger);
        pulse = new(block.Stamp.Sequence, sample, trigger.Index, trigger.Time);
        return matched;
    }
}
