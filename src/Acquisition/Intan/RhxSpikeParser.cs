using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Threading.Channels;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>Finds the spikes in the bytes of RHX's spike port and keeps them in a bounded queue. Allocates nothing per spike.</summary>
internal sealed class RhxSpikeParser : IRhxParser
{
    private readonly RhxSampleCounter _counter;
    private readonly Channel<RhxSpike> _queue;
    private readonly ulong[] _names;
    private long _received, _dropped, _skipped;

    /// <summary>Makes a parser.</summary>
    /// <param name="channels">Names of the source's channels.</param>
    /// <param name="counter">Tells the samples' numbers.</param>
    /// <param name="capacity">Spikes that may wait; then the oldest are dropped.</param>
    public RhxSpikeParser(IReadOnlyList<string> channels, RhxSampleCounter counter, int capacity)
    {
        _counter = counter;
        _names = [.. channels.Select(name => Key(Encoding.ASCII.GetBytes(name)))];
        _queue = Channel.CreateBounded<RhxSpike>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest }, _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>Spikes that came.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Spikes that nobody read in time.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Bytes that were no spike.</summary>
    public long SkippedBytes => Interlocked.Read(ref _skipped);

    /// <summary>Takes the oldest spike that waits.</summary>
    public bool TryRead(out RhxSpike spike) => _queue.Reader.TryRead(out spike);

    /// <inheritdoc/>
    public SequencePosition Parse(in ReadOnlySequence<byte> bytes, SessionTime arrived)
    {
        Span<byte> spike = stackalloc byte[RhxProtocol.SpikeBytes];
        var reader = new SequenceReader<byte>(bytes);
        while (reader.Remaining >= RhxProtocol.SpikeBytes)
        {
            reader.TryCopyTo(spike);
            var letters = spike.Slice(RhxProtocol.MarkBytes, RhxProtocol.SpikeNameBytes);
            // NB: a class is one bit, and every byte of a mark or a name has more than one: a spike with bytes missing, into which the next has moved up, is told by it.
            if (!spike.StartsWith(RhxProtocol.SpikeMark) || letters[1] != '-' || letters[2..].ContainsAnyExceptInRange((byte)'0', (byte)'9')
                || BitOperations.PopCount(spike[^1]) != 1)
            {
                reader.Advance(1);
                Interlocked.Increment(ref _skipped);
                continue;
            }
            reader.Advance(RhxProtocol.SpikeBytes);
            var name = Key(letters);
            var number = BinaryPrimitives.ReadUInt32LittleEndian(spike[(RhxProtocol.MarkBytes + RhxProtocol.SpikeNameBytes)..]);
            _queue.Writer.TryWrite(new(Array.IndexOf(_names, name), _counter.Near(number), spike[^1], arrived));
            // NB: after it: who sees a spike counted finds it, or finds it among the dropped.
            Interlocked.Increment(ref _received);
        }
        return reader.Position;
    }

    /// <inheritdoc/>
    public void CutOff(long bytes) => Interlocked.Add(ref _skipped, bytes);

    /// <summary>The letters of a name as one number.</summary>
    private static ulong Key(ReadOnlySpan<byte> name)
    {
        var key = 0UL;
        foreach (var letter in name[..Math.Min(name.Length, RhxProtocol.SpikeNameBytes)])
            key = (key << 8) | letter;
        return key;
    }
}
