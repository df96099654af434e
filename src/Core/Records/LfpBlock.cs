namespace ClosedLoop.Core;

/// <summary>
/// Samples of the local field potential of all channels, as often as they are kept. Lent for the duration of a call, as
/// <see cref="Keypoints"/> are.
/// </summary>
public sealed class LfpBlock
{
    /// <summary>Makes a block for <paramref name="channelCount"/> channels of at most <paramref name="capacity"/> samples.</summary>
    public LfpBlock(int channelCount, int capacity)
    {
        ChannelCount = channelCount;
        Microvolts = new float[channelCount * capacity];
    }

    /// <summary>Origin and times; the sequence is that of the sample block, <see cref="RecordStamp.DeviceCounter"/> the device's number of the first sample.</summary>
    public RecordStamp Stamp { get; set; }

    /// <summary>Number of channels.</summary>
    public int ChannelCount { get; }

    /// <summary>Number of samples per channel.</summary>
    public int SampleCount { get; set; }

    /// <summary>Samples of the device from one kept sample to the next.</summary>
    public int Factor { get; set; }

    /// <summary>All channels of the first sample, then of the second.</summary>
    public float[] Microvolts { get; }
}
