using ClosedLoop.Acquisition;

namespace ClosedLoop.Tests.Acquisition.SampleFiles;

/// <summary>Samples that lie channel by channel come out sample by sample, whatever the numbers of both.</summary>
public sealed class ChannelColumnsTests
{
    [Theory]
    [InlineData(1, 9, 9)]
    [InlineData(31, 5, 8)]
    [InlineData(32, 1, 1)]
    [InlineData(33, 128, 128)]
    [InlineData(70, 3, 60)]
    public void Every_number_comes_to_its_place(int channels, int count, int stride)
    {
        var columns = new short[channels * stride];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = (short)i;
        var (plain, flipped) = (new short[channels * count], new short[channels * count]);
        ChannelColumns.Interleave(columns, stride, plain, channels);
        ChannelColumns.Interleave(columns, stride, flipped, channels, short.MinValue);
        for (var sample = 0; sample < count; sample++)
            for (var channel = 0; channel < channels; channel++)
            {
                var expected = (channel * stride) + sample;
                Assert.Equal(expected, plain[(sample * channels) + channel]);
                Assert.Equal((short)(expected - 32768), flipped[(sample * channels) + channel]);
            }
    }
}
