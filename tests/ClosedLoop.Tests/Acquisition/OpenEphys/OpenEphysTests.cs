using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.Acquisition.OpenEphys;

/// <summary>Recordings of Open Ephys: read as they are, refused by name where they are not whole.</summary>
public sealed class OpenEphysTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Blocks_end_at_gaps_and_hold_what_was_written()
    {
        // Samples 1000 to 1006, then 1010 to 1016: three are missing.
        var written = new WrittenRecording(_folder["."], [.. Range(1000, 7), .. Range(1010, 7)]);
        var recording = OpenEphysRecording.Open(_folder["."]);
        Assert.Equal("0.6.4", recording.GuiVersion);
        using var source = new OpenEphysSampleSource(recording.Stream(), blockCapacity: 4);
        Assert.Equal(("CH1", 0.195, "uV"), (source.Channels[0].Name, source.Channels[0].UnitsPerCount, source.Channels[0].Unit));
        Assert.Equal((WrittenRecording.Channels, "ADC1", "V"), (source.Channels.Count, source.Channels[^1].Name, source.Channels[^1].Unit));
        Assert.Equal((30000, 14), (source.RateHz, source.SampleCount));
        var block = new SampleBlock(WrittenRecording.Channels, 4);
        List<(long First, int Count)> blocks = [];
        var sample = 0;
        while (source.TryRead(block, default))
        {
            blocks.Add((block.Stamp.DeviceCounter, block.SampleCount));
            for (var i = 0; i < block.SampleCount; i++, sample++)
                for (var channel = 0; channel < WrittenRecording.Channels; channel++)
                    Assert.Equal(WrittenRecording.Value(sample, channel), block.Samples[(i * WrittenRecording.Channels) + channel]);
        }
        Assert.Equal([(1000, 4), (1004, 3), (1010, 1), (1011, 4), (1015, 2)], blocks);
        Assert.Equal((14, 3, 1), (source.Ledger.Received, source.Ledger.Lost, source.Ledger.GapCount));
        Assert.Equal((1007, 3), (source.Ledger.Gaps[0].FirstSample, source.Ledger.Gaps[0].Count));
        Assert.Equal([new DigitalEdge(1003, 1, true), new(1008, 1, false), new(1010, 3, true)], recording.Events[0].Edges());
        Assert.Equal([(1001, "go"), (1009, "stop now")], recording.Events[1].Messages());
        Assert.True(OpenEphysRecording.IsAt(written.Structure) && OpenEphysRecording.IsAt(written.Folder) && !OpenEphysRecording.IsAt(written.Stream));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        _ = new WrittenRecording(_folder["."], [.. Range(0, 4000)]);
        using var source = new OpenEphysSampleSource(OpenEphysRecording.Open(_folder["."]).Stream(), blockCapacity: 8);
        var block = new SampleBlock(WrittenRecording.Channels, 8);
        for (var i = 0; i < 100; i++)
            source.TryRead(block, default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 300; i++)
            source.TryRead(block, default);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void At_a_speed_blocks_come_when_their_last_sample_would_have()
    {
        _ = new WrittenRecording(_folder["."], [.. Range(0, 1200)]);
        var clock = new SessionClock();
        using var source = new OpenEphysSampleSource(OpenEphysRecording.Open(_folder["."]).Stream(), blockCapacity: 100, speed: 2, clock);
        var block = new SampleBlock(WrittenRecording.Channels, 100);
        List<double> seconds = [];
        var began = clock.Now.Seconds;
        while (source.TryRead(block, default))
            seconds.Add(block.Stamp.Produced.Seconds);
        Assert.Equal(12, seconds.Count);
        // Never before its time; how much later is the machine's matter.
        for (var i = 0; i < seconds.Count; i++)
            Assert.True(seconds[i] - began >= ((i + 1) * 100 / 60000.0) - 1e-6);
    }

    [Theory]
    [InlineData("cut inside a sample", "continuous.dat' has 139 bytes, which is no whole number of samples of 5 channels")]
    [InlineData("samples cut off", "continuous.dat' has 12 samples, and 'sample_numbers.npy' beside it numbers 14")]
    [InlineData("numbers cut off", "sample_numbers.npy' is no array that can be read: its head promises 112 bytes of data and 100 are there")]
    [InlineData("no data", "the stream 'headstage' of the recording cannot be read")]
    [InlineData("no numbers", "the stream 'headstage' of the recording cannot be read")]
    [InlineData("numbers are text", "sample_numbers.npy' is no array that can be read: it does not begin as a NumPy array does")]
    [InlineData("numbers of another type", "sample_numbers.npy' holds 'f8', and the numbers of samples are i8")]
    [InlineData("numbers go back", "sample_numbers.npy' goes back at sample 7, from number 1006 to 900")]
    [InlineData("structure cut off", "structure.oebin' does not say what Open Ephys writes into it")]
    [InlineData("channels disagree", "has num_channels 6 and names 5 channels")]
    [InlineData("no structure", "holds no recording of Open Ephys in binary format")]
    [InlineData("two recordings", "holds 2 recordings of Open Ephys; name one")]
    [InlineData("no such stream", "has no stream 'probe'; it has 'headstage'")]
    [InlineData("events disagree", "has the numbers of 2 events, and 3 events are beside it")]
    public void What_is_not_whole_is_refused_by_name(string defect, string sentence)
    {
        var written = new WrittenRecording(_folder["."], defect == "numbers go back" ? [.. Range(1000, 7), .. Range(900, 7)] : [.. Range(1000, 14)]);
        string? stream = null;
        switch (defect)
        {
            case "cut inside a sample": Cut(written.Data, 1); break;
            case "samples cut off": Cut(written.Data, 20); break;
            case "numbers cut off": Cut(written.Numbers, 12); break;
            case "no data": File.Delete(written.Data); break;
            case "no numbers": File.Delete(written.Numbers); break;
            case "numbers are text": File.WriteAllText(written.Numbers, "1000, 1001, 1002"); break;
            case "numbers of another type": File.WriteAllBytes(written.Numbers, WrittenRecording.Npy("<f8", 14, new byte[112])); break;
            case "structure cut off": Cut(written.Structure, 200); break;
            case "channels disagree": File.WriteAllText(written.Structure, WrittenRecording.StructureText(6)); break;
            case "no structure": File.Delete(written.Structure); break;
            case "two recordings": _ = new WrittenRecording(_folder["other"], 1); break;
            case "no such stream": stream = "probe"; break;
            case "events disagree": File.WriteAllBytes(Path.Combine(written.Lines, "sample_numbers.npy"), WrittenRecording.Npy("<i8", 2, new byte[16])); break;
        }
        var error = Assert.Throws<ClosedLoopException>(() =>
        {
            var recording = OpenEphysRecording.Open(_folder["."]);
            using var source = new OpenEphysSampleSource(recording.Stream(stream), blockCapacity: 4);
            var block = new SampleBlock(WrittenRecording.Channels, 4);
            while (source.TryRead(block, default))
            {
            }
            recording.Events[0].Edges();
        });
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_real_recording_reads_as_NumPy_reads_it()
    {
        var recording = OpenEphysRecording.Open(TestData.Require("ephys/openephys/Record Node 104"));
        Assert.Equal(("0.6.0", "ProbeA-AP"), (recording.GuiVersion, recording.Stream().Name));
        using var source = new OpenEphysSampleSource(recording.Stream(), blockCapacity: 333);
        Assert.Equal((385, 30000, 1000), (source.Channels.Count, source.RateHz, source.SampleCount));
        Assert.Equal(("AP1", 0.1949999928474426, "uV"), (source.Channels[0].Name, source.Channels[0].UnitsPerCount, source.Channels[0].Unit));
        Assert.Equal(("AP_SYNC", 1, ""), (source.Channels[384].Name, source.Channels[384].UnitsPerCount, source.Channels[384].Unit));
        var block = new SampleBlock(385, 333);
        long sum = 0, first = -1, last = 0;
        while (source.TryRead(block, default))
        {
            sum += block.Samples.Take(block.SampleCount * 385).Sum(value => (long)value);
            first = first < 0 ? block.Stamp.DeviceCounter : first;
            last = block.Stamp.DeviceCounter + block.SampleCount - 1;
        }
        Assert.Equal((21836244, 21837243, 0), (first, last, source.Ledger.Lost));
        Assert.Equal(RealSum, sum);
        var edges = recording.Events[0].Edges();
        Assert.Equal((3143, new DigitalEdge(21842416, 1, false), new DigitalEdge(68972461, 1, false)), (edges.Count, edges[0], edges[^1]));
        var messages = recording.Events[1].Messages();
        Assert.Equal((1124, 40195001, "NP OPTO 5 2 1 blue 14"), (messages.Count, messages[0].Sample, messages[0].Text));
    }

    private const long RealSum = 16568266;

    private static IEnumerable<long> Range(long first, int count) => Enumerable.Range(0, count).Select(i => first + i);

    private static void Cut(string path, int bytes)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(file.Length - bytes);
    }
}
