using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>Finds the rising edges of a sync line in blocks of samples. Allocates nothing. One thread.</summary>
/// <param name="line">The line.</param>
public sealed class SyncPulseFinder(SyncLine line)
{
    // NB: a line that is high in the first sample has not risen there.
    private bool _high = true;

    /// <summary>The edges within a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="edges">Receives the device's numbers of the samples at which the line rose.</param>
    /// <returns>How many; more than there is room for are not pulses but noise, and the rest is left out.</returns>
    public int Find(SampleBlock block, Span<long> edges)
    {
        var count = 0;
        for (int i = 0, at = line.Channel; i < block.SampleCount; i++, at += block.ChannelCount)
        {
            var value = block.Samples[at];
            var high = line.Bit is { } bit ? (value >> bit & 1) != 0 : _high ? value > line.Low : value >= line.High;
            if (high && !_high && count < edges.Length)
                edges[count++] = block.Stamp.DeviceCounter + i;
            _high = high;
        }
        return count;
    }

    /// <summary>Samples are missing before the next block: what the line did meanwhile nobody knows.</summary>
    public void Forget() => _high = true;
}
