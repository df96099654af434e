namespace ClosedLoop.Core;

/// <summary>
/// Spikes per unit in one time bin, aligned to a control step. Lent for the duration of a call, as
/// <see cref="Keypoints"/> are.
/// </summary>
public sealed class SpikeCounts
{
    /// <summary>Makes an empty bin for at most <paramref name="capacity"/> units.</summary>
    public SpikeCounts(int capacity) => Counts = new int[capacity];

    /// <summary>
    /// Origin and times; <see cref="RecordStamp.Sequence"/> is the control tick that the bin belongs to,
    /// <see cref="RecordStamp.DeviceCounter"/> the device's number of the sample after the last one that had been sorted.
    /// </summary>
    public RecordStamp Stamp { get; set; }

    /// <summary>Start of the bin.</summary>
    public SessionTime Start { get; set; }

    /// <summary>Width of the bin in nanoseconds.</summary>
    public long WidthNs { get; set; }

    /// <summary>Why the counts may be too low.</summary>
    public SpikeCountFlags Flags { get; set; }

    /// <summary>Number of units.</summary>
    public int UnitCount { get; set; }

    /// <summary>Spikes of each unit in the bin.</summary>
    public int[] Counts { get; }
}
