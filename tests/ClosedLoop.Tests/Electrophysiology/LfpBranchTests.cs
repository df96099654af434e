using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tests.Electrophysiology;

/// <summary>The slow part of what electrodes pick up: what is slow stays, what is fast goes, edges of blocks do nothing.</summary>
public sealed class LfpBranchTests
{
    private const double RateHz = 30_000;

    [Theory]
    [InlineData(8, 0.99, 1.01)]
    [InlineData(100, 0.98, 1.02)]
    [InlineData(300, 0.68, 0.73)]
    [InlineData(600, 0, 0.01)]
    [InlineData(1007, 0, 0.001)]
    public void A_sine_comes_through_as_it_should(double hz, double least, double most)
    {
        var lfp = Run(Sine(hz, seconds: 1.2), [1000]);
        // The root of twice the mean square of the second half is the amplitude.
        var half = lfp.Skip(lfp.Count / 2).ToArray();
        var amplitude = Math.Sqrt(2 * half.Average(x => x * x));
        Assert.InRange(amplitude / 1000, least, most);
    }

    [Fact]
    public void Blocks_and_their_edges_do_not_show_and_samples_lie_on_the_devices_grid()
    {
        var samples = Sine(37, seconds: 0.5);
        var whole = Run(samples, [1000]);
        Assert.Equal(whole, Run(samples, [1, 29, 30, 31, 128, 77]));
        Assert.Equal(500, whole.Count);
        var branch = new LfpBranch([0.5], RateHz, 1000);
        Assert.Equal((30, 1000.0), (branch.Factor, branch.RateHz));
        var kept = new float[branch.MostPerBlock];
        // 59 is followed by 60, a multiple of 30; and after a gap the grid is the same.
        Assert.Equal(1, branch.Process(new short[2], 2, 59, kept));
        Assert.Equal(0, branch.Process(new short[29], 29, 61, kept));
        Assert.Equal(0, branch.Process(new short[9], 9, 3001, kept));
        Assert.Equal(1, branch.Process(new short[1], 1, 3030, kept));
    }

    [Fact]
    public void It_allocates_nothing_and_refuses_what_cannot_be()
    {
        var branch = new LfpBranch(Enumerable.Repeat(0.195, 128).ToArray(), RateHz, 128);
        var (samples, kept) = (new short[128 * 128], new float[128 * branch.MostPerBlock]);
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var block = 0; block < 10; block++)
                branch.Process(samples, 128, ((attempt * 10) + block) * 128, kept);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
        Assert.Throws<ClosedLoopException>(() => new LfpBranch([1], RateHz, 128, wantedRateHz: 20_000));
        Assert.Throws<ClosedLoopException>(() => Butterworth.LowPass(3, 300, RateHz));
    }

    private static short[] Sine(double hz, double seconds) =>
        [.. Enumerable.Range(0, (int)(seconds * RateHz)).Select(t => (short)Math.Round(2000 * Math.Sin(2 * Math.PI * hz * t / RateHz)))];

    private static List<float> Run(short[] samples, int[] blocks)
    {
        var branch = new LfpBranch([0.5], RateHz, 1000);
        var (kept, all) = (new float[branch.MostPerBlock], new List<float>());
        for (int at = 0, b = 0; at < samples.Length; b++)
        {
            var count = Math.Min(blocks[b % blocks.Length], samples.Length - at);
            all.AddRange(kept.Take(branch.Process(samples.AsSpan(at, count), count, at, kept)));
            at += count;
        }
        return all;
    }
}
