namespace ClosedLoop.Core;

/// <summary>
/// A run of consecutive samples of all channels of an electrophysiology device.
/// Lent for the duration of a call, as <see cref="Keypoints"/> are.
/// </summary>
public sealed class SampleBlock
{
    /// <summary>Makes a block for <paramref name="channelCount"/> channels of at most <paramref name="capacity"/> samples.</summary>
    public SampleBlock(int channelCount, int capacity)
    {
        ChannelCount = channelCount;
        Samples = new short[channelCount * capacity];
    }

    /// <summary>Origin and times; <see cref="RecordStamp.DeviceCounter"/> is the device's number of the first sample.</summary>
    public RecordStamp Stamp { get; set; }

    /// <summary>Number of channels.</summary>
    public int ChannelCount { get; }

    /// <summary>Number of samples per channel in this block.</summary>
    public int SampleCount { get; set; }

    /// <summary>Device counts, sample by sample: all channels of the first sample, then of the second.</summary>
    public short[] Samples { get; }

    /// <summary>What one count is in microvolts.</summary>
    public double MicrovoltsPerCount { get; set; }
}
