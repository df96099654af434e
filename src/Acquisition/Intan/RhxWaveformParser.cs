using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// Finds the blocks in the bytes of RHX's waveform port and takes them apart. Bytes that are no block are skipped up to the
/// next that is one. Allocates nothing.
/// </summary>
internal sealed class RhxWaveformParser : IRhxParser
{
    private const int Sure = 3;

    private readonly int _words, _amplifiers, _frameBytes, _blockBytes;
    private readonly byte[] _scratch;
    private readonly RhxSampleCounter _counter;
    private readonly Func<SampleRun> _rent;
    private readonly Action<SampleRun> _deliver;
    private long _skipped, _resynchronisations, _taken, _brokenAt = -1;
    private int _otherWords, _otherTimes;
    private bool _lost;

    /// <summary>Makes a parser.</summary>
    /// <param name="amplifiers">Words of a frame that are amplifiers, in offset binary; they come first.</param>
    /// <param name="words">Words of a frame.</param>
    /// <param name="counter">Tells the samples' numbers.</param>
    /// <param name="rent">Where runs of samples come from.</param>
    /// <param name="deliver">Takes each run, and owns it.</param>
    public RhxWaveformParser(int amplifiers, int words, RhxSampleCounter counter, Func<SampleRun> rent, Action<SampleRun> deliver)
    {
        (_amplifiers, _words, _counter, _rent, _deliver) = (amplifiers, words, counter, rent, deliver);
        (_frameBytes, _blockBytes) = (RhxProtocol.FrameBytes(words), RhxProtocol.BlockBytes(words));
        _scratch = new byte[_blockBytes];
    }

    private enum Verdict
    {
        Whole,
        Broken,
        Undecided,
    }

    /// <summary>Bytes that were no block.</summary>
    public long SkippedBytes => Interlocked.Read(ref _skipped);

    /// <summary>How often such bytes came.</summary>
    public long Resynchronisations => Interlocked.Read(ref _resynchronisations);

    /// <inheritdoc/>
    /// <exception cref="ClosedLoopException">Several blocks in a row were of another number of signals than was asked for.</exception>
    public SequencePosition Parse(in ReadOnlySequence<byte> bytes, SessionTime arrived)
    {
        var reader = new SequenceReader<byte>(bytes);
        while (FindMark(ref reader) && reader.Remaining >= _blockBytes)
        {
            var block = Contiguous(ref reader);
            var verdict = Judge(block, ref reader);
            if (verdict == Verdict.Undecided)
                break;
            if (verdict == Verdict.Whole)
            {
                Deliver(block, arrived);
                reader.Advance(_blockBytes);
                (_lost, _brokenAt, _otherTimes) = (false, -1, 0);
            }
            else
            {
                _brokenAt = _taken + reader.Consumed;
                Skip(ref reader);
            }
        }
        _taken += reader.Consumed;
        return reader.Position;
    }

    /// <inheritdoc/>
    public void CutOff(long bytes)
    {
        if (bytes > 0)
            Skipped(bytes);
        (_lost, _brokenAt) = (false, -1);
    }

    /// <summary>Goes on to the next mark. False: the bytes end before one is whole.</summary>
    private bool FindMark(ref SequenceReader<byte> reader)
    {
        while (reader.Remaining >= RhxProtocol.MarkBytes)
        {
            if (reader.IsNext(RhxProtocol.WaveformMark))
            {
                Measure(_taken + reader.Consumed);
                return true;
            }
            Skip(ref reader);
        }
        return false;
    }

    /// <summary>Skips a byte and all up to the next that could begin a mark.</summary>
    private void Skip(ref SequenceReader<byte> reader)
    {
        var before = reader.Consumed;
        reader.Advance(1);
        if (!reader.TryAdvanceTo(RhxProtocol.WaveformMark[0], advancePastDelimiter: false))
            reader.AdvanceToEnd();
        Skipped(reader.Consumed - before);
    }

    private void Skipped(long bytes)
    {
        if (!_lost)
            Interlocked.Increment(ref _resynchronisations);
        _lost = true;
        Interlocked.Add(ref _skipped, bytes);
    }

    /// <summary>Where a block of another size stood before this mark, counts how often that size came in a row: so many are no accident.</summary>
    private void Measure(long mark)
    {
        if (_brokenAt < 0 || mark == _brokenAt)
            return;
        var words = RhxProtocol.Words(mark - _brokenAt);
        _otherTimes = words >= 0 && words != _words ? (words == _otherWords ? _otherTimes : 0) + 1 : 0;
        (_otherWords, _brokenAt) = (words, -1);
        if (_otherTimes >= Sure)
            throw ClosedLoopException.Failed($"it sends {words} signals a sample, and {_words} were asked for; outputs were changed at its window: stop the board there, and start the session again");
    }

    private ReadOnlySpan<byte> Contiguous(ref SequenceReader<byte> reader)
    {
        if (reader.UnreadSpan.Length >= _blockBytes)
            return reader.UnreadSpan[.._blockBytes];
        reader.TryCopyTo(_scratch);
        return _scratch;
    }

    /// <summary>
    /// Numbers that count up by one throughout are those of a block that is whole: no waiting for what comes next. Where
    /// they jump, or where the last frame may hold the beginning of the next block because bytes are missing, the next
    /// block's mark must stand where it should.
    /// </summary>
    private Verdict Judge(scoped ReadOnlySpan<byte> block, ref SequenceReader<byte> reader)
    {
        var jumps = false;
        var previous = Number(block, 0);
        for (var frame = 1; frame < RhxProtocol.FramesPerBlock; frame++)
        {
            var number = Number(block, frame);
            var step = (int)(number - previous);
            if (step < 1)
                return Verdict.Broken;
            jumps |= step != 1;
            previous = number;
        }
        if (!jumps && !MayHoldMark(block[^(_frameBytes - RhxProtocol.NumberBytes)..]))
            return Verdict.Whole;
        if (reader.Remaining < _blockBytes + RhxProtocol.MarkBytes)
            return Verdict.Undecided;
        var next = reader;
        next.Advance(_blockBytes);
        return next.IsNext(RhxProtocol.WaveformMark) ? Verdict.Whole : Verdict.Broken;
    }

    private static bool MayHoldMark(ReadOnlySpan<byte> words)
    {
        var mark = RhxProtocol.WaveformMark;
        return words.EndsWith(mark[..1]) || words.EndsWith(mark[..2]) || words.EndsWith(mark[..3]) || words.IndexOf(mark) >= 0;
    }

    private uint Number(ReadOnlySpan<byte> block, int frame) =>
        BinaryPrimitives.ReadUInt32LittleEndian(block[(RhxProtocol.MarkBytes + (frame * _frameBytes))..]);

    /// <summary>Hands on the block's runs of consecutive samples, nearly always one.</summary>
    private void Deliver(ReadOnlySpan<byte> block, SessionTime arrived)
    {
        for (int from = 0, to; from < RhxProtocol.FramesPerBlock; from = to)
        {
            var first = Number(block, from);
            for (to = from + 1; to < RhxProtocol.FramesPerBlock && Number(block, to) == first + (uint)(to - from); to++)
            {
            }
            var run = _rent();
            (run.First, run.Count, run.Arrived) = (_counter.Extend(first, arrived), to - from, arrived);
            run.Epoch = _counter.Epoch;
            for (var frame = from; frame < to; frame++)
            {
                var words = block.Slice(RhxProtocol.MarkBytes + (frame * _frameBytes) + RhxProtocol.NumberBytes, 2 * _words);
                Convert(MemoryMarshal.Cast<byte, ushort>(words), MemoryMarshal.Cast<short, ushort>(run.Samples.AsSpan((frame - from) * _words, _words)));
            }
            _deliver(run);
        }
    }

    /// <summary>Offset binary to two's complement is a flip of the highest bit; digital words stay as they are.</summary>
    private void Convert(ReadOnlySpan<ushort> words, Span<ushort> counts)
    {
        const ushort Sign = 0x8000;
        var i = 0;
        var flip = new Vector<ushort>(Sign);
        for (; i <= _amplifiers - Vector<ushort>.Count; i += Vector<ushort>.Count)
            (new Vector<ushort>(words[i..]) ^ flip).CopyTo(counts[i..]);
        for (; i < _amplifiers; i++)
            counts[i] = (ushort)(words[i] ^ Sign);
        words[i..].CopyTo(counts[i..]);
    }
}
