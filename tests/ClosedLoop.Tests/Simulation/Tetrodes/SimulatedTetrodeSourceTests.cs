using ClosedLoop.Core;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation.Tetrodes;

/// <summary>The simulated tetrodes keep the contract of a source, whatever the blocks, gaps and pace.</summary>
public sealed class SimulatedTetrodeSourceTests
{
    // Three tetrodes: twelve channels, which no vector of eight divides.
    private static readonly SimulatedTetrodeOptions Three = new() { Tetrodes = 3, Seed = 4 };

    [Fact]
    public void What_is_delivered_depends_on_the_seed_and_not_on_the_blocks()
    {
        short[]? first = null;
        List<PlantedSpike>? planted = null;
        foreach (var block in new[] { 128, 1, 77, 1000 })
        {
            var truth = new Planted();
            using var source = new SimulatedTetrodeSource(Three, new() { BlockSamples = block, DurationS = 0.5, JitterMs = block }, truth: truth);
            Assert.Equal((12, 30_000, block), (source.Channels.Count, source.RateHz, source.BlockCapacity));
            Assert.Equal(("T3.4", 0.195, "uV"), (source.Channels[11].Name, source.Channels[11].UnitsPerCount, source.Channels[11].Unit));
            Assert.Equal([8, 9, 10, 11], source.Tetrodes[2]);
            long next = 0, sequence = 0;
            var produced = SessionTime.Zero;
            var counts = source.ReadAll(read =>
            {
                Assert.Equal((sequence++, next), (read.Stamp.Sequence, read.Stamp.DeviceCounter));
                Assert.Equal((long)(next / 30_000.0 * 1e9), read.Stamp.DeviceTimeNs);
                Assert.InRange(read.SampleCount, 1, block);
                Assert.Equal(0.195, read.MicrovoltsPerCount);
                next += read.SampleCount;
                // Without a clock: when it would have come, not before its last sample and not before the block before it.
                Assert.True(read.Stamp.Produced.Seconds >= (next / 30_000.0) - 1e-9 && read.Stamp.Produced >= produced);
                produced = read.Stamp.Produced;
            });
            Assert.Equal((15_000, 0, 0), (source.Ledger.Received, source.Ledger.Lost, source.Ledger.GapCount));
            Assert.Equal(15_000 * 12, counts.Length);
            Assert.Equal(first ??= counts, counts);
            Assert.Equal(planted ??= truth.Spikes, truth.Spikes);
        }
        using var other = new SimulatedTetrodeSource(Three with { Seed = 5 }, new() { DurationS = 0.5 });
        Assert.NotEqual(first, other.ReadAll());
    }

    [Fact]
    public void Samples_in_a_gap_are_lost_and_show_in_the_counter()
    {
        using var whole = new SimulatedTetrodeSource(Three, new() { DurationS = 3 });
        var all = whole.ReadAll();
        using var source = new SimulatedTetrodeSource(Three, new() { DurationS = 3, GapsPerMinute = 200, GapSamples = 500, FirstSample = 70_000 });
        long next = 70_000, lost = 0, gaps = 0, last = 0;
        source.ReadAll(read =>
        {
            gaps += read.Stamp.DeviceCounter != next ? 1 : 0;
            lost += read.Stamp.DeviceCounter - next;
            var at = (int)(read.Stamp.DeviceCounter - 70_000) * 12;
            Assert.Equal(all.AsSpan(at, read.SampleCount * 12), read.Samples.AsSpan(0, read.SampleCount * 12));
            (next, last) = (read.Stamp.DeviceCounter + read.SampleCount, read.Stamp.DeviceCounter);
        });
        Assert.InRange(gaps, 3, 30);
        Assert.Equal((gaps, lost), (source.Ledger.GapCount, source.Ledger.Lost));
        Assert.Equal(next - 70_000, source.Ledger.Received + source.Ledger.Lost);
        Assert.True(last > 70_000);
    }

    [Fact]
    public void With_a_clock_blocks_come_when_their_last_sample_would_have_and_end_on_request()
    {
        var clock = new SessionClock();
        using var source = new SimulatedTetrodeSource(Three, new() { BlockSamples = 300, ClockDriftPpm = 2000 }, clock);
        var block = new SampleBlock(12, 300);
        SessionTime? begin = null;
        for (var i = 1; i <= 10; i++)
        {
            var before = clock.Now;
            Assert.True(source.TryRead(block, default));
            begin ??= before;
            // The device's clock is faster than the session's by its drift; how much later is the machine's matter.
            Assert.True((block.Stamp.Produced - begin.Value) / 1e9 >= (i * 0.01 / 1.002) - 1e-6);
        }
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.False(source.TryRead(block, stop.Token));
        Assert.Equal(3000, source.Ledger.Received);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        using var source = new SimulatedTetrodeSource(new() { Tetrodes = 4 }, new() { GapsPerMinute = 60, JitterMs = 1 }, truth: new Counting());
        var block = new SampleBlock(16, source.BlockCapacity);
        for (var i = 0; i < 300; i++)
            source.TryRead(block, default);
        // NB: a stray few kilobytes are the runtime's own; what a block costs shows every time.
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 3 && least > 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 500; i++)
                source.TryRead(block, default);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Throws<ClosedLoopException>(() => new SimulatedTetrodeSource(new() { Tetrodes = 0 }));
        Assert.Throws<ClosedLoopException>(() => new SimulatedTetrodeSource(new() { UnitsPerTetrode = double.NaN }));
        Assert.Throws<ClosedLoopException>(() => new SimulatedTetrodeSource(new() { NoiseMicrovolts = -1 }));
        Assert.Throws<ClosedLoopException>(() => new SimulatedTetrodeSource(new() { RateHz = 30_001 }));
        Assert.Throws<ClosedLoopException>(() => new SimulatedTetrodeSource(Three, new() { BlockSamples = 0 }));
        Assert.Throws<ClosedLoopException>(() => new SimulatedTetrodeSource(Three, new() { JitterMs = -1 }));
        using var source = new SimulatedTetrodeSource(Three);
        Assert.Throws<ArgumentException>(() => source.TryRead(new(11, 128), default));
        Assert.Throws<ArgumentException>(() => source.TryRead(new(12, 127), default));
    }

    private sealed class Counting : IPlantedSpikeSink
    {
        public long Spikes { get; private set; }

        public void Take(in PlantedSpike spike) => Spikes++;
    }
}
