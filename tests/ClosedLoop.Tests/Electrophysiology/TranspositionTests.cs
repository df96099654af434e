using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tests.Electrophysiology;

/// <summary>Rows to columns, and the filter on numbers of channels and samples that no vector divides.</summary>
public sealed class TranspositionTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 9)]
    [InlineData(8, 8)]
    [InlineData(24, 17)]
    [InlineData(13, 32)]
    public void Every_number_is_at_its_place_and_no_other_is_touched(int count, int channels)
    {
        var (rowStride, columnStride) = (channels + 3, count + 5);
        float[] rows = [.. Enumerable.Range(0, count * rowStride).Select(i => (float)i)];
        float[] columns = [.. Enumerable.Repeat(-1f, channels * columnStride)];
        Transposition.Copy(rows, count, channels, rowStride, columns, columnStride);
        for (var c = 0; c < channels; c++)
            for (var t = 0; t < columnStride; t++)
                Assert.Equal(t < count ? (t * rowStride) + c : -1, columns[(c * columnStride) + t]);
        Assert.Throws<IndexOutOfRangeException>(() => Transposition.Copy(rows, count + 1, channels, rowStride, columns, columnStride));
    }

    [Fact]
    public void A_filter_on_many_channels_gives_each_what_it_gives_it_alone()
    {
        // 75 channels: two groups of four vectors and a rest; 150 samples: two stretches and a rest.
        const int Channels = 75, Samples = 150;
        var random = new RandomStream(3, "filter");
        short[] samples = [.. Enumerable.Range(0, Channels * Samples).Select(_ => (short)random.Uniform(-20000, 20000))];
        var sections = Butterworth.BandPass(2, 300, 6000, 30000);
        var (together, alone) = (new float[Channels * Samples], new float[Samples]);
        new FilterBank(sections, [.. Enumerable.Repeat(0.195, Channels)]).Process(samples, Samples, together, Samples);
        for (var c = 0; c < Channels; c++)
        {
            short[] own = [.. Enumerable.Range(0, Samples).Select(t => samples[(t * Channels) + c])];
            new FilterBank(sections, [0.195]).Process(own, Samples, alone, Samples);
            Assert.Equal(alone, together.AsSpan(c * Samples, Samples).ToArray());
        }
    }

    [Fact]
    public void A_channel_that_falls_silent_does_not_fade_into_subnormal_numbers()
    {
        var bank = new FilterBank(Butterworth.BandPass(2, 300, 6000, 30000), [0.195]);
        var filtered = new float[1000];
        short[] samples = [1000, .. new short[999]];
        for (var block = 0; block < 20; block++)
        {
            bank.Process(samples, samples.Length, filtered, filtered.Length);
            samples[0] = 0;
        }
        Assert.All(filtered, value => Assert.True(float.IsNormal(value) || value == 0, $"{value}"));
        Assert.All(filtered, value => Assert.InRange(value, -1e-12f, 1e-12f));
    }
}
