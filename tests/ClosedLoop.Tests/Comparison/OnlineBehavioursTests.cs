using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison;

public sealed class OnlineBehavioursTests
{
    private const int Bins = 24_000, Behaviours = 5;

    // Rates of six units by behaviour: the second behaviour is as the first, the fourth far away; the fifth hardly ever happens.
    private static readonly double[][] s_rates = [[0.2, 0.1, 0.3, 0.1, 0.2, 0.1], [0.2, 0.1, 0.3, 0.1, 0.2, 0.1], [0.4, 0.1, 0.1, 0.3, 0.2, 0.2], [1.2, 0.6, 0.1, 0.9, 0.1, 0.6], [0.2, 0.2, 0.2, 0.2, 0.2, 0.2]];

    [Fact]
    public void Behaviours_lie_apart_as_they_were_planted_and_the_class_that_agrees_is_found()
    {
        var random = new RandomStream(61, "behaviours");
        var online = new OnlineBehaviours(7, [6, 4], Behaviours);
        // The first class is what drives the units, the second tells behaviours apart in another way.
        double[][] other = [.. Enumerable.Range(0, Behaviours).Select(b => Enumerable.Range(0, 4).Select(_ => b == 1 ? 4 * random.Normal() : random.Normal()).ToArray())];
        var (counts, features, behaviour) = (new int[6], new float[10], 0);
        for (var t = 0; t < Bins; t++)
        {
            if (t % 25 == 0)
                behaviour = t == 5000 ? 4 : (int)(4 * random.Uniform());
            for (var unit = 0; unit < 6; unit++)
            {
                counts[unit] = t % 97 == 0 ? -1 : PlantedCounts.Poisson(random, s_rates[behaviour][unit]);
                features[unit] = (float)(Math.Log(s_rates[behaviour][unit]) + (0.3 * random.Normal()));
            }
            for (var j = 0; j < 4; j++)
                features[6 + j] = t % 1000 == 1 ? float.NaN : (float)(other[behaviour][j] + (0.3 * random.Normal()));
            online.Take(t % 500 == 3 ? -1 : behaviour, counts, features, behaviour == 4 ? double.NaN : 0.1 * (behaviour + 1));
        }
        var (bins, apart, similar, variability) = (new long[Behaviours], new double[10], new double[2], new double[Behaviours]);
        online.Read(bins, apart, similar, variability);
        Assert.Equal(Bins - (Bins / 500), bins.Sum());
        Assert.Equal(24, bins[4]);
        double Apart(int a, int b) => apart[(a * Behaviours) - (a * (a + 1) / 2) + b - a - 1];
        // Cross-validated: what is alike is 0 but for noise, on either side of it.
        Assert.InRange(Apart(0, 1), -0.004, 0.004);
        Assert.InRange(Apart(0, 2), 0.02, 0.2);
        Assert.InRange(Apart(0, 3) / Apart(0, 2), 4, 30);
        Assert.InRange(Apart(1, 3) / Apart(0, 3), 0.9, 1.1);
        Assert.All(Enumerable.Range(0, 4), b => Assert.True(double.IsNaN(Apart(b, 4))));
        Assert.InRange(similar[0], 0.85, 1);
        Assert.InRange(similar[1], -1, 0.7);
        for (var b = 0; b < 4; b++)
            Assert.Equal(0.1 * (b + 1), variability[b], 1e-9);
        Assert.True(double.IsNaN(variability[4]));
    }

    [Fact]
    public void Nothing_is_said_before_enough_is_known_and_a_bin_allocates_nothing()
    {
        var online = new OnlineBehaviours(2, [1], 3);
        var (bins, apart, similar, variability) = (new long[3], new double[3], new double[1], new double[3]);
        for (var t = 0; t < 600; t++)
            online.Take(t / 10 % 3, [1, 0], [t], 0.5);
        online.Read(bins, apart, similar, variability);
        Assert.All(apart, distance => Assert.True(double.IsNaN(distance)));
        Assert.True(double.IsNaN(similar[0]));
        Assert.Equal([200, 200, 200], bins);
        var (counts, features) = (new int[2], new float[1]);
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var t = 0; t < 500; t++)
                online.Take(t % 3, counts, features, 0.5);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }
}
