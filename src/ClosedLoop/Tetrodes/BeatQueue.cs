using ClosedLoop.Core;

namespace ClosedLoop.Tetrodes;

/// <summary>
/// The beats on their way from the control thread to the sorting thread. NB: without a lock, for the control thread must
/// never wait for one that a thread of lower priority holds.
/// </summary>
internal sealed class BeatQueue : BinPlan
{
    private const int Capacity = 4096;

    /// <summary>Beats that may wait for their samples before the oldest is given out without: ten seconds at 50 Hz.</summary>
    private const int MostWaiting = 500;

    private readonly (long Tick, SessionTime End)[] _beats = new (long, SessionTime)[Capacity];
    private long _written, _taken, _dropped;

    /// <summary>What has passed through it; a beat that finds no room gets no bin.</summary>
    public QueueStatistics Statistics
    {
        get
        {
            var (written, taken) = (Volatile.Read(ref _written), Volatile.Read(ref _taken));
            return new("beats to sorter", QueuePolicy.DropOldest, Capacity, written, Interlocked.Read(ref _dropped), (int)Math.Max(0, written - taken), 0);
        }
    }

    /// <inheritdoc/>
    public override void Beat(in ControlTick tick)
    {
        if (_written - Volatile.Read(ref _taken) == Capacity)
        {
            _dropped++;
            return;
        }
        _beats[_written % Capacity] = (tick.Index, tick.Time);
        Volatile.Write(ref _written, _written + 1);
    }

    /// <inheritdoc/>
    public override bool TryNext(SessionTime sorted, long nextSample, bool all, out long tick, out SessionTime end)
    {
        var waiting = Volatile.Read(ref _written) - _taken;
        (tick, end) = waiting > 0 ? _beats[_taken % Capacity] : default;
        if (waiting == 0 || !(all || waiting > MostWaiting || end <= sorted))
            return false;
        Volatile.Write(ref _taken, _taken + 1);
        return true;
    }
}
