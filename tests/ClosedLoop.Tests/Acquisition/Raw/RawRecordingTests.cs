using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.Acquisition.Raw;

/// <summary>Bare samples and their description: what is said is what is read, and what cannot be is refused with its place.</summary>
public sealed class RawRecordingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Samples_are_as_the_description_says()
    {
        var recording = RawRecording.Open(new WrittenRaw(_folder["."], 10).Description);
        Assert.Equal(30000, recording.RateHz);
        Assert.Equal([[0, 1, 2, 5], [4, 3]], recording.Tetrodes);
        using var source = recording.Samples(blockCapacity: 4);
        Assert.Equal(("CH5", 0.195, "uV"), (source.Channels[5].Name, source.Channels[5].UnitsPerCount, source.Channels[5].Unit));
        Assert.Equal((10, 30000), (source.SampleCount, source.RateHz));
        var block = new SampleBlock(WrittenRaw.Channels, 4);
        List<(long Sequence, long First, int Count)> blocks = [];
        var sample = 0;
        while (source.TryRead(block, default))
        {
            blocks.Add((block.Stamp.Sequence, block.Stamp.DeviceCounter, block.SampleCount));
            for (var i = 0; i < block.SampleCount; i++, sample++)
                for (var channel = 0; channel < WrittenRaw.Channels; channel++)
                    Assert.Equal(WrittenRaw.Value(sample, channel), block.Samples[(i * WrittenRaw.Channels) + channel]);
        }
        Assert.Equal([(0, 5000000000, 4), (1, 5000000004, 4), (2, 5000000008, 2)], blocks);
        Assert.Equal((0.195, (long)(5000000008 / 30000.0 * 1e9)), (block.MicrovoltsPerCount, block.Stamp.DeviceTimeNs));
        Assert.Equal((10, 0), (source.Ledger.Received, source.Ledger.Lost));
        Assert.False(source.TryRead(block, default));
    }

    [Fact]
    public void Names_and_the_first_sample_can_be_given_or_left_out()
    {
        var written = new WrittenRaw(_folder["."], 1);
        File.WriteAllText(written.Description, WrittenRaw.Yaml.Replace("first_sample: 5000000000", "names: [a, b, c, d, e, f]", StringComparison.Ordinal));
        var recording = RawRecording.Open(written.Description);
        Assert.Equal(["a", "b", "c", "d", "e", "f"], recording.Channels.Select(channel => channel.Name));
        Assert.Equal(0, recording.FirstSample);
    }

    [Theory]
    [InlineData("channels: 6", "chanels: 6", "raw.yaml, line 2, column 1: there is no key 'chanels' (did you mean 'channels'?) in a description of raw samples")]
    [InlineData("channels: 6", "", "raw.yaml, line 1: the key 'channels' is missing")]
    [InlineData("channels: 6", "channels: 0", "raw.yaml, line 2, column 1: 'channels' must lie between 1 and 65536, not '0'")]
    [InlineData("channels: 6", "channels: 5", "raw.yaml, line 5, column 22: entry 1 of 'tetrodes' must hold whole numbers between 0 and 4, not '5'")]
    [InlineData("channels: 6", "channels: 7", "samples.bin' has 120 bytes, which is no whole number of samples of 7 channels (14 bytes)")]
    [InlineData("rate_hz: 30000", "rate_hz: 0", "raw.yaml, line 3, column 1: 'rate_hz' must lie above 0, not '0'")]
    [InlineData("rate_hz: 30000", "rate_hz: fast", "raw.yaml, line 3, column 1: 'rate_hz' must be a number, not 'fast'")]
    [InlineData("0.195", "-0.195", "raw.yaml, line 4, column 1: 'microvolts_per_count' must lie above 0, not '-0.195'")]
    [InlineData("0.195", ".inf", "raw.yaml, line 4, column 1: 'microvolts_per_count' must be a")]
    [InlineData("[4, 3]", "[4, 5]", "raw.yaml, line 5, column 1: 'tetrodes' must name each channel once, and channel 5 is in it 2 times")]
    [InlineData("[4, 3]", "[4, 3.5]", "raw.yaml, line 5, column 30: entry 2 of 'tetrodes' must hold whole numbers between 0 and 5, not '3.5'")]
    [InlineData("[4, 3]", "[]", "raw.yaml, line 5, column 26: entry 2 of 'tetrodes' must hold a list of whole numbers")]
    [InlineData("[4, 3]", "4", "raw.yaml, line 5, column 26: entry 2 of 'tetrodes' must hold a list of whole numbers, not '4'")]
    [InlineData("[[0, 1, 2, 5], [4, 3]]", "all", "raw.yaml, line 5, column 1: 'tetrodes' must be a list of lists of whole numbers, not 'all'")]
    [InlineData("5000000000", "1.5", "raw.yaml, line 6, column 1: 'first_sample' must be a whole number, not '1.5'")]
    [InlineData("5000000000", "-1", "raw.yaml, line 6, column 1: 'first_sample' must lie between 0 and")]
    [InlineData("first_sample: 5000000000", "names: [a, b]", "raw.yaml, line 6, column 1: 'names' must be 6 names, one of each channel and each another")]
    [InlineData("first_sample: 5000000000", "names: [a, b, c, d, e, a]", "raw.yaml, line 6, column 1: 'names' must be 6 names, one of each channel and each another")]
    [InlineData("samples.bin", "other.bin", "raw.yaml' describes cannot be read: ")]
    [InlineData("samples.bin", "empty.bin", "empty.bin' holds no samples")]
    public void What_cannot_be_is_refused_with_its_place(string text, string instead, string sentence)
    {
        var written = new WrittenRaw(_folder["."], 10);
        File.WriteAllBytes(_folder["empty.bin"], []);
        File.WriteAllText(written.Description, WrittenRaw.Yaml.Replace(text, instead, StringComparison.Ordinal));
        var error = Assert.Throws<ClosedLoopException>(() => RawRecording.Open(written.Description).Samples().Dispose());
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_ends_within_a_sample_or_shrinks_while_it_is_read_is_refused()
    {
        // Long enough that the rest is not yet in a buffer when it goes.
        var written = new WrittenRaw(_folder["."], 100_000);
        var recording = RawRecording.Open(written.Description);
        using (var source = recording.Samples(blockCapacity: 1000))
        {
            var block = new SampleBlock(WrittenRaw.Channels, 1000);
            Assert.True(source.TryRead(block, default));
            Length(written.Data, 12001);
            var shorter = Assert.Throws<ClosedLoopException>(() =>
            {
                while (source.TryRead(block, default))
                {
                }
            });
            Assert.Matches("samples.bin' became shorter while it was read, at sample [0-9]+ of 100000", shorter.Message);
        }
        var cut = Assert.Throws<ClosedLoopException>(() => recording.Samples());
        Assert.Contains("samples.bin' has 12001 bytes, which is no whole number of samples of 6 channels (12 bytes): it was cut off, or samples.bin and raw.yaml are not of one recording", cut.Message, StringComparison.Ordinal);
    }

    private static void Length(string path, long bytes)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(bytes);
    }
}
