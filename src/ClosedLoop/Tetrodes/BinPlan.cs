using ClosedLoop.Core;

namespace ClosedLoop.Tetrodes;

/// <summary>Says which bins are to be given out when: the session's own beats, or those of a recording.</summary>
internal abstract class BinPlan
{
    /// <summary>Takes note of a beat, on the control thread: neither waits nor allocates.</summary>
    public virtual void Beat(in ControlTick tick)
    {
    }

    /// <summary>The next bin that is due, on the sorting thread.</summary>
    /// <param name="sorted">Session time up to which all spikes are known.</param>
    /// <param name="nextSample">The device's number of the sample after the last that was sorted.</param>
    /// <param name="all">Whether all that are left are due, for nothing more will be sorted.</param>
    /// <param name="tick">Receives the beat's number.</param>
    /// <param name="end">Receives the bin's end.</param>
    public abstract bool TryNext(SessionTime sorted, long nextSample, bool all, out long tick, out SessionTime end);
}
