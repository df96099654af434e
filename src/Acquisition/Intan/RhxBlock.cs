using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>Consecutive samples on their way from the network's thread to the reader's; pooled.</summary>
internal sealed class RhxBlock(int words)
{
    /// <summary>Numbers of the samples, sample by sample.</summary>
    public short[] Samples { get; } = new short[RhxProtocol.FramesPerBlock * words];

    /// <summary>The device's number of the first.</summary>
    public long First { get; set; }

    /// <summary>How many samples per channel.</summary>
    public int Count { get; set; }

    /// <summary>Which of the device's counts the number belongs to.</summary>
    public int Epoch { get; set; }

    /// <summary>Session time at which the last byte was there.</summary>
    public SessionTime Arrived { get; set; }
}
