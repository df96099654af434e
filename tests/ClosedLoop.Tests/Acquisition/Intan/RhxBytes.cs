using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ClosedLoop.Tests.Acquisition.Intan;

/// <summary>The documented bytes of Intan RHX's data ports, written independently of what reads them, with planted samples.</summary>
internal static class RhxBytes
{
    public const int Frames = 128;

    /// <summary>The word planted at a sample of a channel. NB: none is the beginning of a block's mark, so that none holds back a verdict.</summary>
    public static ushort Word(long sample, int channel) => (ushort)(32768 - 2000 + (((sample * 31) + (channel * 977)) % 4001));

    /// <summary>The count that is to be read there.</summary>
    public static short Count(long sample, int channel) => (short)(Word(sample, channel) - 32768);

    /// <summary>A block of the samples with these numbers.</summary>
    public static byte[] Block(IEnumerable<long> samples, int channels)
    {
        var bytes = new byte[4 + (Frames * (4 + (2 * channels)))];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 0x2EF07A08);
        var at = 4;
        foreach (var sample in samples)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), (uint)sample);
            at += 4;
            for (var channel = 0; channel < channels; channel++, at += 2)
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), Word(sample, channel));
        }
        Assert.Equal(bytes.Length, at);
        return bytes;
    }

    /// <summary>A block of consecutive samples.</summary>
    public static byte[] Block(long first, int channels) => Block(Enumerable.Range(0, Frames).Select(i => first + i), channels);

    /// <summary>A spike.</summary>
    public static byte[] Spike(string channel, long sample, byte kind)
    {
        var number = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(number, (uint)sample);
        return [0x0F, 0x71, 0xE2, 0x3A, .. Encoding.ASCII.GetBytes(channel), .. number, kind];
    }

    /// <summary>The pieces as one sequence of as many segments.</summary>
    public static ReadOnlySequence<byte> Sequence(params byte[][] pieces)
    {
        var first = new Segment(pieces[0], 0);
        var last = first;
        foreach (var piece in pieces[1..])
            last = last.Append(piece);
        return new(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, long before) => (Memory, RunningIndex) = (bytes, before);

        public Segment Append(byte[] bytes)
        {
            var next = new Segment(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
