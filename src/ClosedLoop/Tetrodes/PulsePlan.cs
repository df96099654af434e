using ClosedLoop.Acquisition;
using ClosedLoop.Core;

namespace ClosedLoop.Tetrodes;

/// <summary>Says which sync pulses are taken into account before a block is sorted: the session's own, or those of a recording.</summary>
internal abstract class PulsePlan
{
    /// <summary>Pulses so far for which there was no trigger.</summary>
    public virtual long Surplus => 0;

    /// <summary>Triggers so far for which there was no pulse.</summary>
    public virtual long Missed => 0;

    /// <summary>For how long pulses have been missing though there are triggers, seconds.</summary>
    public virtual double MissingS => 0;

    /// <summary>Takes note of a trigger of the cameras, on their thread: neither waits nor allocates.</summary>
    public virtual void Triggered(long index, SessionTime time)
    {
    }

    /// <summary>Looks at a block before it is sorted, on the sorting thread.</summary>
    /// <param name="block">The block.</param>
    /// <param name="followsGap">Whether samples are missing before it.</param>
    /// <param name="restarted">Whether the device counts anew from it on.</param>
    public virtual void Look(SampleBlock block, bool followsGap, bool restarted)
    {
    }

    /// <summary>The next pulse to be taken into account before the block is sorted.</summary>
    public abstract bool TryNext(SampleBlock block, SampleClock clock, out SyncPulse pulse);
}
