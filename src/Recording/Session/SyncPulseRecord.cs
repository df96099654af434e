using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>A sync pulse, as it is recorded.</summary>
internal sealed class SyncPulseRecord
{
    public long Block { get; set; }

    public long Sample { get; set; }

    public long Trigger { get; set; }

    public long TimeNs { get; set; }

    public SyncPulse ToPulse() => new(Block, Sample, Trigger, new(TimeNs));
}
