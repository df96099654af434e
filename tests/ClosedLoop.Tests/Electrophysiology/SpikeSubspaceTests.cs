using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tests.Electrophysiology;

/// <summary>Where spikes can lie, two neurons in one unit, and dense clouds in wide ones: against planted truth.</summary>
public sealed class SpikeSubspaceTests
{
    private const int Wires = 2, Length = 24, Dimensions = Wires * Length;

    [Fact]
    public void Distances_between_spikes_stay_and_noise_has_a_spread_of_one()
    {
        var random = new RandomStream(4, "subspace");
        var metric = Metric();
        var subspace = SpikeSubspace.Of([.. Enumerable.Range(0, 200).SelectMany(i => Waveform(2.5 + (i % 5 * 0.3), 30 + i))], Wires, metric);
        Assert.InRange(subspace.Count, 2, 10);
        float[] one = [.. Waveform(2.5, 90), .. Waveform(2.8, 40)], other = [.. Waveform(3.4, 60), .. Waveform(2.8, 70)];
        float[] difference = [.. one.Zip(other, (a, b) => a - b)];
        Assert.Equal(metric.Squared(difference), subspace.Squared(difference), 0.02 * metric.Squared(difference));
        var point = new float[subspace.Count];
        subspace.Project(difference, point);
        Assert.Equal(subspace.Squared(difference), point.Sum(x => x * x), 0.01f);
        // Noise of the metric's own covariance: neighbours share half of it.
        var (mean, snippet) = (0.0, new float[Dimensions]);
        const int Count = 4000;
        for (var i = 0; i < Count; i++)
        {
            for (var w = 0; w < Wires; w++)
            {
                var last = random.Normal();
                for (var t = 0; t < Length; t++)
                    snippet[(w * Length) + t] = (float)(8 * (last = (0.5 * last) + (Math.Sqrt(0.75) * random.Normal())));
            }
            mean += subspace.Squared(snippet) / Count;
        }
        Assert.Equal(subspace.Count, mean, 0.05 * subspace.Count);
        var again = SpikeSubspace.Restore([.. subspace.Filters], Dimensions);
        Assert.Equal(subspace.Squared(one), again.Squared(one));
    }

    [Theory]
    [InlineData(3.2, 0.5, true)]
    [InlineData(4.5, 0.1, true)]
    [InlineData(0, 0.5, false)]
    [InlineData(1.5, 0.5, false)]
    public void Two_neurons_in_one_unit_are_told_though_no_valley_shows(double apart, double share, bool two)
    {
        const int Count = 1200, D = 12;
        var random = new RandomStream(6, "two neurons");
        var (points, truth) = (new float[Count * D], new bool[Count]);
        for (var i = 0; i < Count; i++)
        {
            truth[i] = random.Uniform() < share;
            for (var d = 0; d < D; d++)
                points[(i * D) + d] = (float)(random.Normal() + (truth[i] ? apart / Math.Sqrt(D) : 0));
        }
        var parts = UnitSplit.Of(points, D, 25, valley: false);
        Assert.Equal(two, parts is not null);
        if (parts is null)
            return;
        var right = Enumerable.Range(0, Count).Count(i => parts[i] == truth[i]);
        Assert.True(Math.Max(right, Count - right) > 0.9 * Count, $"{right} of {Count}");
    }

    [Fact]
    public void A_unit_whose_spikes_vary_is_one()
    {
        // Bursts: a tail to one side, without a valley.
        const int Count = 1500, D = 8;
        var random = new RandomStream(8, "varying");
        var points = new float[Count * D];
        for (var i = 0; i < Count; i++)
            for (var d = 0; d < D; d++)
                points[(i * D) + d] = (float)(random.Normal() + (d == 0 ? -2.5 * Math.Log(1 - random.Uniform()) : 0));
        Assert.Null(UnitSplit.Of(points, D, 25, valley: true));
    }

    [Fact]
    public void A_dense_cloud_is_found_within_a_wide_one()
    {
        const int Count = 2000, D = 3;
        var random = new RandomStream(5, "clouds");
        var (points, truth) = (new float[Count * D], new int[Count]);
        for (var i = 0; i < Count; i++)
        {
            truth[i] = i % 4 == 0 ? 1 : 0;
            for (var d = 0; d < D; d++)
                points[(i * D) + d] = (float)(truth[i] == 1 ? 2 + (0.7 * random.Normal()) : 5 * random.Normal());
        }
        var mixture = GaussianMixture.Fit(points, D, 6, 25);
        int[] found = [.. Enumerable.Range(0, Count).Select(i => mixture.Assign(points.AsSpan(i * D, D)))];
        Assert.Equal(2, mixture.Count);
        Assert.True(SortingComparison.AdjustedRandIndex(truth, found) > 0.8);
    }

    private static NoiseMetric Metric()
    {
        var covariance = new double[Dimensions * Dimensions];
        for (var a = 0; a < Dimensions; a++)
            for (var b = 0; b < Dimensions; b++)
                if (a / Length == b / Length)
                    covariance[(a * Dimensions) + b] = 64 * Math.Pow(0.5, Math.Abs(a - b));
        return NoiseMetric.Of(covariance, Dimensions, 0);
    }

    private static float[] Waveform(double width, double microvolts) =>
        [.. Enumerable.Range(0, Length).Select(t => (float)(-microvolts * (Math.Exp(-(t - 8) * (t - 8) / (2 * width * width)) - (0.35 * Math.Exp(-(t - 16) * (t - 16) / 18.0)))))];
}
