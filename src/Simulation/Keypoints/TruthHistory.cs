using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>The truth of the last frames, by frame number; the oldest are overwritten. Safe for any number of threads.</summary>
public sealed class TruthHistory
{
    private readonly SimulatedTruth[] _ring;
    private readonly object _gate = new();
    private long _newest = -1;

    internal TruthHistory(int capacity, int nq, KeypointLayout layout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _ring = new SimulatedTruth[capacity];
        for (var i = 0; i < capacity; i++)
            _ring[i] = new(nq, layout);
    }

    /// <summary>Number of the newest frame that was delivered; -1 before the first.</summary>
    public long NewestFrame
    {
        get
        {
            lock (_gate)
                return _newest;
        }
    }

    /// <summary>Copies the truth of a frame into <paramref name="truth"/>. Allocates nothing.</summary>
    /// <returns>False where the frame was not delivered yet, or is too old.</returns>
    public bool TryGet(long frame, SimulatedTruth truth)
    {
        lock (_gate)
        {
            var entry = _ring[(int)(((frame % _ring.Length) + _ring.Length) % _ring.Length)];
            if (frame < 0 || entry.Frame != frame)
                return false;
            truth.CopyFrom(entry);
            return true;
        }
    }

    internal void Add(SimulatedTruth truth)
    {
        lock (_gate)
        {
            _ring[(int)(truth.Frame % _ring.Length)].CopyFrom(truth);
            _newest = truth.Frame;
        }
    }
}
