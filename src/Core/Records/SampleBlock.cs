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

    /// <summary>Refuses a block that a source cannot write into.</summary>
    /// <param name="channels">The source's channels.</param>
    /// <param name="capacity">Most samples per channel that it writes.</param>
    /// <exception cref="ArgumentException">It has other channels, or too little room.</exception>
    public void Require(int channels, int capacity)
    {
        if (ChannelCount != channels || Samples.Length < channels * capacity)
            throw new ArgumentException($"the block holds {Samples.Length} numbers of {ChannelCount} channels; {channels} channels of {capacity} samples are read");
    }

    /// <summary>Says of the samples that were written what they are.</summary>
    /// <param name="sequence">The block's place in its stream.</param>
    /// <param name="first">The device's number of the first sample.</param>
    /// <param name="count">Samples per channel.</param>
    /// <param name="rateHz">Samples per second of the device's time.</param>
    /// <param name="microvoltsPerCount">What one count is.</param>
    /// <param name="arrived">When they were there.</param>
    /// <param name="now">Session time.</param>
    public void Describe(long sequence, long first, int count, double rateHz, double microvoltsPerCount, SessionTime arrived, SessionTime now)
    {
        (SampleCount, MicrovoltsPerCount) = (count, microvoltsPerCount);
        Stamp = new(sequence, first, (long)(first / rateHz * SessionTime.NanosecondsPerSecond), arrived, now);
    }
}
