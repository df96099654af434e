using System.Numerics;
using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tests.Electrophysiology;

/// <summary>Filter and reference beside SciPy's numbers and beside what they are defined as.</summary>
public sealed class ChainTests
{
    // scipy.signal.sosfilt(scipy.signal.butter(order, [low, high], 'bandpass', fs=30000, output='sos'), x), SciPy 1.10,
    // x = 1000 at 0 and -400 at 5.
    public static TheoryData<int, double, double, double[]> SciPy => new()
    {
        { 2, 300, 6000, [190.61660009749758, 445.10546843132255, 286.23849013102813, -43.82933275763031, -144.90605534905205, -186.59076971836734, -248.0634831043387, -172.38136447729218, -41.48061379976026, -1.4636546470343283, -12.448560815647667, -24.57003848577189] },
        { 3, 300, 7500, [151.39232705823125, 442.8784893425846, 347.72521287843665, -115.0856942745219, -264.53288409427364, -159.98206301846466, -210.95547802946325, -221.0798996411695, -51.388729577380964, 33.663432941520526, -18.285217452670587, -45.45522511899131] },
    };

    [Theory]
    [MemberData(nameof(SciPy))]
    public void A_band_pass_answers_as_SciPys_whatever_the_blocks(int order, double lowHz, double highHz, double[] expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        var sections = Butterworth.BandPass(order, lowHz, highHz, 30000);
        Assert.Equal(order, sections.Length);
        Assert.Equal([Math.Sqrt(0.5), Math.Sqrt(0.5)], new[] { lowHz, highHz }.Select(hz => Butterworth.Gain(sections, hz, 30000)), (a, b) => Math.Abs(a - b) < 1e-9);
        // Eleven channels: a number that no vector divides. Each is the same signal times its number.
        const int Channels = 11;
        foreach (var block in new[] { 12, 5, 1 })
        {
            var bank = new FilterBank(sections, [.. Enumerable.Range(1, Channels).Select(c => 0.1 * c)]);
            var filtered = new float[Channels * 16];
            for (var t = 0; t < 12; t += block)
            {
                var count = Math.Min(block, 12 - t);
                short[] samples = [.. Enumerable.Range(t, count).SelectMany(at => Enumerable.Repeat((short)(at == 0 ? 1000 : at == 5 ? -400 : 0), Channels))];
                bank.Process(samples, count, filtered.AsSpan(t), 16);
            }
            for (var channel = 0; channel < Channels; channel++)
                for (var t = 0; t < 12; t++)
                    Assert.Equal(0.1 * (channel + 1) * expected[t], filtered[(channel * 16) + t], 2e-3);
        }
    }

    [Theory]
    [InlineData(0, 300, 6000)]
    [InlineData(2, 6000, 300)]
    [InlineData(2, 300, 15000)]
    [InlineData(2, double.NaN, 6000)]
    public void A_filter_that_cannot_be_is_refused(int order, double lowHz, double highHz) =>
        Assert.Throws<ClosedLoopException>(() => Butterworth.BandPass(order, lowHz, highHz, 30000));

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(32)]
    public void The_reference_is_the_median_of_the_group(int size)
    {
        const int Samples = 21, Stride = 32;
        var random = new RandomStream(5, "reference");
        var channels = size + 2;
        var samples = new float[channels * Stride];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (float)random.Normal();
        var before = samples.ToArray();
        // The first channel and the last are in no group.
        new MedianReference([[.. Enumerable.Range(1, size)]]).Process(samples, Samples, Stride);
        for (var t = 0; t < Samples; t++)
        {
            float[] sorted = [.. Enumerable.Range(1, size).Select(c => before[(c * Stride) + t]).Order()];
            var median = (sorted[(size - 1) / 2] + sorted[size / 2]) / 2;
            for (var channel = 0; channel < channels; channel++)
                Assert.Equal(before[(channel * Stride) + t] - (channel >= 1 && channel <= size ? median : 0), samples[(channel * Stride) + t], 1e-6f);
        }
    }

    [Fact]
    public void A_sorting_network_sorts_everything()
    {
        for (var count = 1; count <= 9; count++)
            foreach (var bits in Enumerable.Range(0, 1 << count))
            {
                // What sorts all zeros and ones sorts everything (Knuth's 0-1 principle).
                int[] values = [.. Enumerable.Range(0, count).Select(i => (bits >> i) & 1)];
                foreach (var (low, high) in SortingNetwork.Of(count))
                    (values[low], values[high]) = (Math.Min(values[low], values[high]), Math.Max(values[low], values[high]));
                Assert.Equal(values.Order(), values);
            }
        Assert.True(SortingNetwork.Needed(32, 15, 16).Length < SortingNetwork.Of(32).Length);
    }

    [Fact]
    public void Filtering_and_referencing_allocate_nothing()
    {
        var bank = new FilterBank(Butterworth.BandPass(2, 300, 6000, 30000), [.. Enumerable.Repeat(0.195, 128)]);
        var reference = new MedianReference([.. Enumerable.Range(0, 4).Select(g => (IReadOnlyList<int>)[.. Enumerable.Range(32 * g, 32)])]);
        var (samples, filtered) = (new short[128 * 128], new float[128 * 128]);
        void Run()
        {
            bank.Process(samples, 128, filtered, 128);
            reference.Process(filtered, 128, 128);
        }
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
