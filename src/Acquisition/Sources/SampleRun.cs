using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>Consecutive samples on their way from a device's thread to the reader's, of a <see cref="SampleQueue"/>.</summary>
public sealed class SampleRun
{
    internal SampleRun(int channels, int capacity) => Samples = new short[channels * capacity];

    /// <summary>Counts, sample by sample: all channels of the first sample, then of the second.</summary>
    public short[] Samples { get; }

    /// <summary>The device's number of the first.</summary>
    public long First { get; set; }

    /// <summary>How many samples per channel.</summary>
    public int Count { get; set; }

    /// <summary>Which of the device's counts the number belongs to: another where it began to count anew.</summary>
    public int Epoch { get; set; }

    /// <summary>Session time at which they were there.</summary>
    public SessionTime Arrived { get; set; }
}
