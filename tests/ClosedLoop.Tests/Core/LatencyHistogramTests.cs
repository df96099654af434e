using ClosedLoop.Core;

namespace ClosedLoop.Tests.Core;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Quantiles_agree_with_sorting_to_the_width_of_a_bucket()
    {
        var random = new Random(7);
        var histogram = new LatencyHistogram("stage");
        var values = Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 20)).ToArray();
        foreach (var value in values)
            histogram.Record(value);
        Array.Sort(values);
        foreach (var quantile in new[] { 0.001, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            double exact = values[Math.Max(1, (int)Math.Ceiling(quantile * values.Length)) - 1];
            Assert.InRange(histogram.QuantileNs(quantile), exact, (exact * 1.002) + 1);
        }
        Assert.Equal(values[^1], histogram.MaxNs);
        Assert.Equal(values.Average(), histogram.MeanNs, 1e-6 * values.Average());
    }

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(1023, 1023)]
    [InlineData(1024, 1024)]
    [InlineData(123_456_789, 123_456_789)]
    public void A_single_value_is_every_quantile(long recorded, double expected)
    {
        var histogram = new LatencyHistogram("stage");
        histogram.Record(recorded);
        Assert.Equal(expected, histogram.QuantileNs(0.5));
        Assert.Equal(expected, histogram.QuantileNs(1));
    }

    [Fact]
    public void A_value_beyond_the_range_is_kept_in_the_maximum()
    {
        var histogram = new LatencyHistogram("stage");
        histogram.Record(long.MaxValue);
        Assert.Equal(long.MaxValue, histogram.MaxNs);
        Assert.Equal(1, histogram.Count);
    }

    [Fact]
    public void Nothing_recorded_is_no_number()
    {
        var histogram = new LatencyHistogram("stage");
        Assert.True(double.IsNaN(histogram.QuantileNs(0.5)));
        Assert.True(double.IsNaN(histogram.Summarise().MaxMs));
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        var histogram = new LatencyHistogram("stage");
        histogram.Record(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
            histogram.Record(i * 1000L);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Distances_keep_their_size_and_pass_over_what_is_no_number()
    {
        var distances = new DistanceHistogram();
        distances.Record(double.NaN);
        distances.Record(0.004);
        Assert.Equal(1, distances.Count);
        Assert.Equal(4, distances.QuantileMm(0.5), 0.01);
    }
}
