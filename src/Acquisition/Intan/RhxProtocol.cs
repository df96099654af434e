namespace ClosedLoop.Acquisition;

/// <summary>
/// The bytes of Intan's RHX software on its TCP ports, all little-endian (Intan RHX user guide, "TCP Control"; RHX 3.4,
/// tcpdataoutputthread.cpp). A waveform block is a mark and 128 frames, a frame a 32-bit sample number and one 16-bit word
/// per signal; a spike is a mark, five letters of its channel, a sample number and a class.
/// </summary>
internal static class RhxProtocol
{
    /// <summary>Frames of a waveform block.</summary>
    public const int FramesPerBlock = 128;

    /// <summary>Bytes of the mark that begins blocks and spikes, and of a sample number.</summary>
    public const int MarkBytes = 4, NumberBytes = 4;

    /// <summary>Bytes of a spike, and of the channel's name in it.</summary>
    public const int SpikeBytes = 14, SpikeNameBytes = 5;

    /// <summary>What one count of an amplifier is.</summary>
    public const double MicrovoltsPerCount = 0.195;

    /// <summary>0x2EF07A08, which begins a waveform block.</summary>
    public static ReadOnlySpan<byte> WaveformMark => [0x08, 0x7A, 0xF0, 0x2E];

    /// <summary>0x3AE2710F, which begins a spike.</summary>
    public static ReadOnlySpan<byte> SpikeMark => [0x0F, 0x71, 0xE2, 0x3A];

    /// <summary>Bytes of a frame of so many words.</summary>
    public static int FrameBytes(int words) => NumberBytes + (2 * words);

    /// <summary>Bytes of a block of so many words a frame.</summary>
    public static int BlockBytes(int words) => MarkBytes + (FramesPerBlock * FrameBytes(words));

    /// <summary>Words a frame of a block of so many bytes; -1 where no block has that many.</summary>
    public static int Words(long blockBytes)
    {
        var (frame, rest) = Math.DivRem(blockBytes - MarkBytes, FramesPerBlock);
        return rest == 0 && frame >= NumberBytes && frame % 2 == 0 ? (int)((frame - NumberBytes) / 2) : -1;
    }
}
