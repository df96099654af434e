using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tests.Electrophysiology;

/// <summary>Planted artefacts are covered, whatever the blocks, and spikes are not.</summary>
public sealed class ArtefactVetoTests
{
    private const int Tetrodes = 8, Channels = 4 * Tetrodes, Samples = 3000, First = 1005;
    private static readonly int[][] Wires = [.. Enumerable.Range(0, Tetrodes).Select(t => Enumerable.Range(4 * t, 4).ToArray())];

    [Theory]
    [InlineData(128)]
    [InlineData(7)]
    [InlineData(Samples)]
    public void What_strikes_most_tetrodes_is_covered_and_a_spike_on_a_few_is_not(int block)
    {
        var samples = Noise();
        for (var tetrode = 0; tetrode < 6; tetrode++)
            samples[(4 * tetrode * Samples) + 1000] = tetrode % 2 == 0 ? 9 : -9;
        // A spike that three tetrodes see, and one that is too large to be one.
        for (var tetrode = 0; tetrode < 3; tetrode++)
            samples[(4 * tetrode * Samples) + 2000] = -30;
        samples[(Channels - 1) * Samples + 2500] = 1600;
        var veto = new ArtefactVeto(Wires, Channels, block, 30000);
        var level = Enumerable.Repeat(1f, Channels).ToArray();
        var told = new List<long>();
        for (var t = 0; t < Samples; t += block)
        {
            var count = Math.Min(block, Samples - t);
            veto.Observe(samples.AsSpan(t), count, Samples, First + t, level);
            for (var i = 0; i < count; i++)
                if (veto.Vetoed[i])
                    told.Add(First + t + i);
        }
        Assert.Equal((1L, 1L), (veto.Common, veto.Single));
        // A millisecond to both sides at least, and the piece of 16 samples that it is in.
        Assert.All(Enumerable.Range(First + 1000 - 30, 61), at => Assert.True(veto.Covers(7, at)));
        Assert.False(veto.Covers(0, First + 1000 - 47));
        Assert.False(veto.Covers(0, First + 1000 + 47));
        Assert.False(veto.Covers(0, First + 2000));
        Assert.True(veto.Covers(Tetrodes - 1, First + 2500));
        Assert.False(veto.Covers(0, First + 2500));
        Assert.Contains(First + 1000L + 20, told);
        Assert.All(told, at => Assert.InRange(at, First + 1000 - 46, First + 1000 + 46));
    }

    [Fact]
    public void A_saturated_converter_vetoes_its_tetrode_until_the_filters_have_settled()
    {
        var veto = new ArtefactVeto(Wires, Channels, 128, 30000);
        var counts = new short[Channels * 128];
        counts[(100 * Channels) + 9] = short.MinValue;
        veto.ObserveCounts(counts, 128, First);
        Assert.True(veto.Covers(2, First + 100));
        Assert.True(veto.Covers(2, First + 100 + 299));
        Assert.False(veto.Covers(2, First + 100 + 300));
        Assert.False(veto.Covers(3, First + 100));
        Assert.Equal(1, veto.Single);
    }

    [Fact]
    public void After_a_gap_nothing_is_believed_for_a_while()
    {
        var veto = new ArtefactVeto(Wires, Channels, 128, 30000);
        veto.Restart(First);
        Assert.True(veto.Covers(5, First + 299));
        Assert.False(veto.Covers(5, First + 300));
    }

    [Fact]
    public void Looking_allocates_nothing()
    {
        var veto = new ArtefactVeto(Wires, Channels, Samples, 30000);
        var (samples, counts, level) = (Noise(), new short[Channels * Samples], Enumerable.Repeat(1f, Channels).ToArray());
        long Run(int round)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            veto.ObserveCounts(counts, Samples, Samples * round);
            veto.Observe(samples, Samples, Samples, Samples * round, level);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Run(0);
        Assert.Equal(0, Enumerable.Range(1, 3).Min(Run));
    }

    [Fact]
    public void Options_that_cannot_be_are_refused() =>
        Assert.Throws<ClosedLoopException>(() => new ArtefactVeto(Wires, Channels, 128, 30000, new() { BeforeS = 0.01 }));

    private static float[] Noise()
    {
        var random = new RandomStream(4, "veto");
        return [.. Enumerable.Range(0, Channels * Samples).Select(_ => (float)Math.Clamp(random.Normal(), -4, 4))];
    }
}
