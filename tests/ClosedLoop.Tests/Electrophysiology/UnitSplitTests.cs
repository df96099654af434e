using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tests.Electrophysiology;

/// <summary>Two neurons are told where no valley shows, one is left whole, and times of spikes say what shapes cannot.</summary>
public sealed class UnitSplitTests
{
    private const int Dimensions = 20;
    private const double Rate = 30000;

    [Fact]
    public void Two_clouds_of_the_noises_width_are_parted_and_one_is_not()
    {
        var random = new RandomStream(3, "clouds");
        float[] Cloud(int one, int other, double apart) =>
            [.. Enumerable.Range(0, one + other).SelectMany(i => Enumerable.Range(0, Dimensions).Select(d => (float)(random.Normal() + (i >= one && d == 4 ? apart : 0))))];
        Assert.Null(UnitSplit.Of(Cloud(600, 0, 0), Dimensions, 25, valley: false));
        Assert.Null(UnitSplit.Of(Cloud(20, 20, 9), Dimensions, 25, valley: false));
        var parted = UnitSplit.Of(Cloud(400, 200, 4), Dimensions, 25, valley: false);
        Assert.NotNull(parted);
        Assert.True(parted.Skip(400).Count(part => part) > 180 && parted.Take(400).Count(part => part) < 20);
    }

    [Fact]
    public void Timing_knows_bursts_refractory_periods_and_neurons_that_move()
    {
        var random = new RandomStream(4, "trains");
        double[] Train(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Uniform() * 120 * Rate).Order()];
        var (timing, many) = (new SpikeTiming(Rate, 32), Train(2400));
        double[] follow = [.. many.Where((_, i) => i % 3 == 0).Select(at => at + (0.004 * Rate))];
        Assert.True(timing.Bursts(follow, many));
        Assert.False(timing.Bursts(Train(800), many));
        // One neuron's spikes, dealt out to two, keep away from each other.
        double[] spaced = [.. Enumerable.Range(0, 12_000).Select(i => (i * 300) + (random.Uniform() * 200))];
        Assert.True(timing.Refractory([.. spaced.Where((_, i) => i % 4 == 0)], [.. spaced.Where((_, i) => i % 4 != 0)], 0.2));
        Assert.False(timing.Refractory(Train(3000), Train(9000), 0.2));
        int[] stretches = [.. Enumerable.Range(0, 80).Select(i => i / 10)];
        Assert.True(SpikeTiming.Together(stretches, [.. stretches.Select((_, i) => i % 3 == 0)]));
        Assert.False(SpikeTiming.Together(stretches, [.. stretches.Select(at => at >= 4)]));
    }
}
