using System.Buffers;
using ClosedLoop.Acquisition;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Acquisition.Intan;

/// <summary>Blocks are found however the network cuts the bytes and whatever lies between them; no sample is made up.</summary>
public sealed class RhxWaveformParserTests
{
    private const int Channels = 3, BlockBytes = 4 + (128 * 10);

    private readonly RhxSampleCounter _counter = new(30000);
    private readonly Pool<SampleRun> _pool = new(200, () => new SampleRun(Channels, 128));
    private readonly List<(long First, int Count, int Epoch)> _runs = [];
    private RhxWaveformParser _parser;
    private byte[] _waiting = [];

    public RhxWaveformParserTests() => _parser = NewParser();

    [Fact]
    public void Splits_at_every_byte_make_no_difference()
    {
        byte[] bytes = [.. RhxBytes.Block(1000, Channels), .. RhxBytes.Block(1128, Channels)];
        for (var split = 0; split <= bytes.Length; split++)
        {
            (_parser, _waiting) = (NewParser(), []);
            _runs.Clear();
            Feed(bytes[..split]);
            // Whole blocks do not wait for what comes after them.
            Assert.Equal(split / BlockBytes, _runs.Count);
            Feed(bytes[split..]);
            Assert.Equal([(1000, 128), (1128, 128)], _runs.Select(run => (run.First, run.Count)));
            Assert.Equal((0, 0), (_parser.SkippedBytes, _parser.Resynchronisations));
        }
        _runs.Clear();
        foreach (var piece in bytes)
            Feed([piece]);
        Assert.Equal(2, _runs.Count);
    }

    [Fact]
    public void Segments_of_every_size_make_no_difference()
    {
        byte[] bytes = [1, 2, 3, .. RhxBytes.Block(0, Channels), 0x08, 0x7A, 0xF0, .. RhxBytes.Block(128, Channels), 0x08, .. RhxBytes.Block(256, Channels)];
        foreach (var size in new[] { 1, 2, 3, 5, 7, 64, 1283, 1284, 1285 })
        {
            (_parser, _waiting) = (NewParser(), []);
            _runs.Clear();
            var sequence = RhxBytes.Sequence([.. bytes.Chunk(size)]);
            var end = _parser.Parse(sequence, default);
            Assert.Equal(0, sequence.Slice(end).Length);
            Assert.Equal([0L, 128, 256], _runs.Select(run => run.First));
            Assert.Equal((7, 3), (_parser.SkippedBytes, _parser.Resynchronisations));
        }
    }

    [Fact]
    public void Garbage_is_skipped_and_counted_to_the_byte()
    {
        var random = new RandomStream(4, "garbage");
        var planted = 0L;
        for (var block = 0; block < 40; block++)
        {
            // Marks, whole and cut, and the beginning of a block, are garbage too.
            byte[] garbage = (block % 4) switch
            {
                0 => [.. Enumerable.Range(0, (int)random.Uniform(1, 3000)).Select(_ => (byte)random.Uniform(0, 256))],
                1 => [0x08, 0x7A, 0xF0, 0x2E, 0x08, 0x7A, 0xF0, 0x2E, 0x08, 0x7A],
                2 => RhxBytes.Block(5, Channels)[..(int)random.Uniform(1, BlockBytes - 300)],
                _ => [],
            };
            planted += garbage.Length;
            foreach (var piece in garbage.Concat(RhxBytes.Block(128 * block, Channels)).Chunk(1 + (int)random.Uniform(0, 900)))
                Feed(piece);
        }
        Assert.Equal(Enumerable.Range(0, 40).Select(block => 128L * block), _runs.Select(run => run.First));
        Assert.Equal((planted, 30), (_parser.SkippedBytes, _parser.Resynchronisations));
        Feed(RhxBytes.Block(9999, Channels)[..77]);
        _parser.CutOff(_waiting.Length);
        Assert.Equal(planted + 77, _parser.SkippedBytes);
    }

    [Fact]
    public void Of_a_block_with_bytes_missing_nothing_is_delivered_and_the_next_is()
    {
        var (before, broken, after) = (RhxBytes.Block(0, Channels), RhxBytes.Block(128, Channels), RhxBytes.Block(256, Channels));
        foreach (var missing in new[] { 1, 2, 3, 4, 5, 9, 10, 100 })
            for (var at = 0; at + missing <= BlockBytes; at += at > BlockBytes - 40 ? 1 : 17)
            {
                (_parser, _waiting) = (NewParser(), []);
                _runs.Clear();
                Feed(before);
                Feed([.. broken[..at], .. broken[(at + missing)..]]);
                Feed(after);
                Assert.Equal([(0, 128), (256, 128)], _runs.Select(run => (run.First, run.Count)));
                Assert.Equal((BlockBytes - missing, 1), (_parser.SkippedBytes, _parser.Resynchronisations));
            }
    }

    [Fact]
    public void A_block_whose_numbers_jump_is_two_runs_once_the_next_confirms_it()
    {
        long[] numbers = [.. Enumerable.Range(0, 50).Select(i => 600L + i), .. Enumerable.Range(0, 78).Select(i => 700L + i)];
        Feed(RhxBytes.Block(numbers, Channels));
        Assert.Empty(_runs);
        Feed(RhxBytes.Block(778, Channels)[..4]);
        Assert.Equal([(600, 50), (700, 78)], _runs.Select(run => (run.First, run.Count)));
        // Numbers that go back within a block are no block.
        Feed(RhxBytes.Block(778, Channels)[4..]);
        Feed(RhxBytes.Block([.. Enumerable.Repeat(906L, 128)], Channels));
        Feed(RhxBytes.Block(1000, Channels));
        Assert.Equal([600L, 700, 778, 1000], _runs.Select(run => run.First));
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(uint.MaxValue)]
    public void Numbers_go_on_where_their_32_bits_turn_over(long last)
    {
        for (var block = 0; block < 4; block++)
            Feed(RhxBytes.Block(last - 200 + (128 * block), Channels));
        Assert.Equal(Enumerable.Range(0, 4).Select(block => (last - 200 + (128 * block), 128, 0)), _runs);
        Assert.Equal(last + 100, _counter.Near((uint)(last + 100)));
    }

    [Theory]
    [InlineData(1_000_000, 0)]
    [InlineData(4_000_000_000, 128)]
    [InlineData(2_147_500_000, 12)]
    public void A_count_that_began_anew_is_no_gap_and_a_block_that_comes_twice_no_new_count(long last, long first)
    {
        Feed(RhxBytes.Block(last, Channels));
        Feed(RhxBytes.Block(last - 256, Channels));
        Feed(RhxBytes.Block(last + 1280, Channels));
        Feed(RhxBytes.Block(first, Channels));
        Feed(RhxBytes.Block(first + 128, Channels));
        Assert.Equal([(last, 128, 0), (last - 256, 128, 0), (last + 1280, 128, 0), (first, 128, 1), (first + 128, 128, 1)], _runs);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Blocks_of_another_number_of_signals_are_told_by_that_number(int channels)
    {
        var error = Assert.Throws<ClosedLoopException>(() =>
        {
            for (var block = 0; block < 12; block++)
                Feed(RhxBytes.Block(128 * block, channels));
        });
        Assert.Contains($"it sends {channels} signals a sample, and 3 were asked for", error.Message, StringComparison.Ordinal);
        Assert.Empty(_runs);
    }

    [Fact]
    public void Parsing_allocates_nothing()
    {
        var parser = new RhxWaveformParser(Channels, Channels, _counter, _pool.Rent, _pool.Return);
        byte[] bytes = [1, .. RhxBytes.Block(0, Channels)];
        var sequence = RhxBytes.Sequence([.. bytes.Chunk(700)]);
        for (var i = 0; i < 20; i++)
            parser.Parse(sequence, default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 300; i++)
            parser.Parse(sequence, default);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal((320, 0, 0), (parser.SkippedBytes, _pool.Outstanding, _pool.Grown));
    }

    /// <summary>Every sample that is delivered is the planted one.</summary>
    private void Take(SampleRun run)
    {
        _runs.Add((run.First, run.Count, run.Epoch));
        for (var i = 0; i < run.Count; i++)
            for (var channel = 0; channel < Channels; channel++)
                Assert.Equal(RhxBytes.Count(run.First + i, channel), run.Samples[(i * Channels) + channel]);
        _pool.Return(run);
    }

    private RhxWaveformParser NewParser() => new(Channels, Channels, _counter, _pool.Rent, Take);

    private void Feed(byte[] bytes)
    {
        byte[] all = [.. _waiting, .. bytes];
        var sequence = new ReadOnlySequence<byte>(all);
        var end = _parser.Parse(sequence, default);
        _waiting = sequence.Slice(end).ToArray();
    }
}
