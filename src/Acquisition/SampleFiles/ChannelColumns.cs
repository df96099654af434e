namespace ClosedLoop.Acquisition;

/// <summary>Samples that lie channel by channel.</summary>
internal static class ChannelColumns
{
    // NB: rows of a power of two of bytes, as 128 channels have, fall on the same few lines of the cache. Going down whole
    // columns drops each line before its next number is written; a line's width of channels at a time writes it full.
    private const int AtOnce = 32;

    /// <summary>Writes samples of all channels sample by sample.</summary>
    /// <param name="columns">The channels' samples.</param>
    /// <param name="stride">Numbers from a channel's first to the next channel's.</param>
    /// <param name="samples">Takes them, and its length says how many.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="flip">Bits to turn over in each: the highest makes offset binary signed.</param>
    public static void Interleave(ReadOnlySpan<short> columns, int stride, Span<short> samples, int channels, short flip = 0)
    {
        var count = samples.Length / channels;
        for (var first = 0; first < channels; first += AtOnce)
        {
            var width = Math.Min(AtOnce, channels - first);
            var from = columns[(first * stride)..];
            for (var i = 0; i < count; i++)
            {
                var row = samples.Slice((i * channels) + first, width);
                for (var channel = 0; channel < row.Length; channel++)
                    row[channel] = (short)(from[(channel * stride) + i] ^ flip);
            }
        }
    }
}
