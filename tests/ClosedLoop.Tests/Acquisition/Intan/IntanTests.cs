using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.Acquisition.Intan;

/// <summary>Recordings of Intan in their three formats: the same samples from each, and refused by name where they are not whole.</summary>
public sealed class IntanTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<IntanFormat> Formats => [IntanFormat.OneFile, IntanFormat.FilePerSignal, IntanFormat.FilePerChannel];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_format_gives_the_same_samples_gaps_and_edges(IntanFormat format)
    {
        // 256 samples from 1000 on; seven are missing after the hundredth, in the middle of a block of the file.
        long[] numbers = [.. Range(1000, 100), .. Range(1107, 156)];
        var written = new WrittenIntan(_folder["intan"], format, null, numbers);
        var recording = IntanRecording.Open(format == IntanFormat.OneFile ? written.Rhd : written.Folder);
        Assert.Equal((format, "3.1", "A-003"), (recording.Format, recording.Header.Version.ToString(), recording.Header.ReferenceChannel));
        Assert.Equal(["first note", "", ""], recording.Header.Notes);
        using var source = recording.Samples(blockCapacity: 64);
        Assert.Equal(["A-000", "A-001", "A-002", "A-003", "A-004"], source.Channels.Select(channel => channel.Name));
        Assert.All(source.Channels, channel => Assert.Equal((0.195, "uV"), (channel.UnitsPerCount, channel.Unit)));
        Assert.Equal((20000, 256), (source.RateHz, source.SampleCount));
        var block = new SampleBlock(WrittenIntan.Electrodes, 64);
        var sample = 0;
        while (source.TryRead(block, default))
        {
            Assert.Equal(0.195, block.MicrovoltsPerCount);
            for (var i = 0; i < block.SampleCount; i++, sample++)
            {
                Assert.Equal(numbers[sample], block.Stamp.DeviceCounter + i);
                for (var electrode = 0; electrode < WrittenIntan.Electrodes; electrode++)
                    Assert.Equal(WrittenIntan.Value(sample, electrode), block.Samples[(i * WrittenIntan.Electrodes) + electrode]);
            }
        }
        Assert.Equal(256, sample);
        Assert.Equal((256, 7, 1), (source.Ledger.Received, source.Ledger.Lost, source.Ledger.GapCount));
        Assert.Equal((1100, 7), (source.Ledger.Gaps[0].FirstSample, source.Ledger.Gaps[0].Count));
        Assert.Equal([new DigitalEdge(1010, 0, true), new(1020, 3, true), new(1030, 3, false)], recording.Edges());
        Assert.True(IntanRecording.IsAt(written.Folder) && IntanRecording.IsAt(written.Rhd) && !IntanRecording.IsAt(_folder["."]));
    }

    [Theory]
    [InlineData(1, 0, 60)]
    [InlineData(1, 1, 60)]
    [InlineData(1, 2, 60)]
    [InlineData(1, 5, 60)]
    [InlineData(2, 0, 128)]
    [InlineData(3, 3, 128)]
    public void Every_version_of_the_file_is_read(int major, int minor, int blockSamples)
    {
        // Before a trigger numbers are negative; versions before 1.2 had none, and numbers beyond 2^31 in their place.
        var first = major == 1 && minor < 2 ? int.MaxValue - 30L : -blockSamples;
        var written = new WrittenIntan(_folder["intan"], IntanFormat.OneFile, new(major, minor), [.. Range(first, 3 * blockSamples)]);
        Assert.Equal(blockSamples, written.BlockSamples);
        var recording = IntanRecording.Open(written.Rhd);
        Assert.Equal((major, minor), (recording.Header.Version.Major, recording.Header.Version.Minor));
        using var source = recording.Samples(blockCapacity: 1000);
        var block = new SampleBlock(WrittenIntan.Electrodes, 1000);
        Assert.True(source.TryRead(block, default));
        Assert.Equal((3 * blockSamples, first, 0), (block.SampleCount, block.Stamp.DeviceCounter, source.Ledger.Lost));
        for (var i = 0; i < block.SampleCount; i++)
            for (var electrode = 0; electrode < WrittenIntan.Electrodes; electrode++)
                Assert.Equal(WrittenIntan.Value(i, electrode), block.Samples[(i * WrittenIntan.Electrodes) + electrode]);
        Assert.Equal(3, recording.Edges().Count);
        Assert.False(source.TryRead(block, default));
    }

    [Fact]
    public void Files_of_a_minute_each_are_one_recording()
    {
        // Five samples are missing between the first and the second file; the last was begun and got none.
        (string Name, long First, int Count)[] parts = [("rat_251128_190000.rhd", 0, 256), ("rat_251128_190100.rhd", 261, 128), ("rat_251128_190200.rhd", 389, 256)];
        Directory.CreateDirectory(_folder["intan"]);
        foreach (var (name, first, count) in parts)
            File.Move(new WrittenIntan(_folder[name], IntanFormat.OneFile, null, [.. Range(first, count)]).Rhd, Path.Combine(_folder["intan"], name));
        File.WriteAllBytes(Path.Combine(_folder["intan"], "rat_251128_190300.rhd"), new WrittenIntan(_folder["last"], IntanFormat.OneFile, null).Head());
        var recording = IntanRecording.Open(_folder["intan"]);
        using var source = recording.Samples(blockCapacity: 300);
        var block = new SampleBlock(WrittenIntan.Electrodes, 300);
        List<(long, int, short)> blocks = [];
        while (source.TryRead(block, default))
            blocks.Add((block.Stamp.DeviceCounter, block.SampleCount, block.Samples[0]));
        Assert.Equal([(0, 256, WrittenIntan.Value(0, 0)), (261, 300, WrittenIntan.Value(0, 0)), (561, 84, WrittenIntan.Value(172, 0))], blocks);
        Assert.Equal((640, 640, 5), (source.SampleCount, source.Ledger.Received, source.Ledger.Lost));
        // In each file the lines begin low; line 0 goes high in each and is back at the beginning of the next.
        Assert.Equal([10, 20, 30, 261, 271, 281, 291, 389, 399, 409, 419], recording.Edges().Select(edge => edge.Sample));
        Assert.Contains("Intan recording intan", source.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another file", "is no recording of Intan's RHD2000 systems: it begins with 12345678, and they begin with C6912702")]
    [InlineData("stimulator", "is of a stimulator/recorder of Intan (RHS)")]
    [InlineData("version 4", "is of version 4.0 of Intan's files, and versions 1 to 3 are read")]
    [InlineData("no rate", "has a rate of 0 Hz (byte 12), which cannot be")]
    [InlineData("another kind of channel", "gives the kind of channel 'A-000' as 9")]
    [InlineData("cut off in the head", "rat_251128_190000.rhd' ends within its head")]
    [InlineData("cut off in a text", "rat_251128_190000.rhd' ends within its head")]
    [InlineData("cut off in a block", "rat_251128_190000.rhd' ends 100 bytes into its block 1 of 3014 bytes: it was cut off")]
    [InlineData("numbers go back", "rat_251128_190000.rhd' goes back at sample 128, from number 127 to 60")]
    [InlineData("empty", "rat_251128_190000.rhd' ends within its head")]
    [InlineData("head alone", "rat_251128_190000.rhd' is a head without samples, and neither amplifier.dat nor amp-A-000.dat is beside it")]
    [InlineData("another recording beside it", "rat_251128_190000.rhd' goes back at sample 256, from number 255 to 0")]
    [InlineData("another rate beside it", "has another rate or other channels than '")]
    [InlineData("none", "holds no recording of Intan")]
    public void One_file_that_is_not_whole_is_refused_by_name(string defect, string sentence)
    {
        var written = new WrittenIntan(_folder["intan"], IntanFormat.OneFile, defect == "version 4" ? new(4, 0) : null, defect == "numbers go back" ? [.. Range(0, 128), .. Range(60, 128)] : [.. Range(0, 256)]);
        switch (defect)
        {
            case "another file": File.WriteAllBytes(written.Rhd, written.Head(magic: 0x12345678)); break;
            case "stimulator": File.WriteAllBytes(written.Rhd, written.Head(magic: 0xD69127AC)); break;
            case "no rate": File.WriteAllBytes(written.Rhd, written.Head(rateHz: 0)); break;
            case "another kind of channel": File.WriteAllBytes(written.Rhd, written.Head(firstSignal: 9)); break;
            case "cut off in the head": Length(written.Rhd, written.Head().Length - 1); break;
            case "cut off in a text": Length(written.Rhd, 60); break;
            case "cut off in a block": Length(written.Rhd, written.Head().Length + written.BlockBytes + 100); break;
            case "empty": Length(written.Rhd, 0); break;
            case "head alone": Length(written.Rhd, written.Head().Length); break;
            case "another recording beside it": File.Copy(written.Rhd, written.At("other.rhd")); break;
            case "another rate beside it": File.WriteAllBytes(written.At("other.rhd"), written.Head(rateHz: 30000)); break;
            case "none": File.Delete(written.Rhd); break;
        }
        Assert.Contains(sentence, Refusal(written.Folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IntanFormat.FilePerSignal, "amplifier.dat", 11, "amplifier.dat' has 2549 bytes, which is no whole number of samples of 5 channels (10 bytes)")]
    [InlineData(IntanFormat.FilePerSignal, "amplifier.dat", 20, "time.dat' has 1024 bytes for the numbers of 254 samples")]
    [InlineData(IntanFormat.FilePerSignal, "time.dat", 2, "time.dat' has 1022 bytes for the numbers of 256 samples")]
    [InlineData(IntanFormat.FilePerSignal, "time.dat", -1, "cannot be read: ")]
    [InlineData(IntanFormat.FilePerSignal, "amplifier.dat", -1, "info.rhd' is a head without samples")]
    [InlineData(IntanFormat.FilePerSignal, "digitalin.dat", 2, "time.dat' has 1024 bytes for the numbers of 255 samples")]
    [InlineData(IntanFormat.FilePerSignal, "digitalin.dat", -1, "cannot be read: ")]
    [InlineData(IntanFormat.FilePerSignal, "info.rhd", 1, "info.rhd' ends within its head")]
    [InlineData(IntanFormat.FilePerChannel, "amp-A-003.dat", 2, "amp-A-003.dat' has 255 samples, and 'amp-A-000.dat' beside it 256")]
    [InlineData(IntanFormat.FilePerChannel, "amp-A-003.dat", 1, "amp-A-003.dat' has 511 bytes, which is no whole number of samples")]
    [InlineData(IntanFormat.FilePerChannel, "amp-A-003.dat", -1, "cannot be read: ")]
    [InlineData(IntanFormat.FilePerChannel, "amp-A-000.dat", -1, "info.rhd' is a head without samples")]
    [InlineData(IntanFormat.FilePerChannel, "time.dat", 4, "time.dat' has 1020 bytes for the numbers of 256 samples")]
    [InlineData(IntanFormat.FilePerChannel, "board-DIGITAL-IN-03.dat", -1, "cannot be read: ")]
    public void Files_that_disagree_are_refused_by_name(IntanFormat format, string file, int cut, string sentence)
    {
        var written = new WrittenIntan(_folder["intan"], format, null, [.. Range(0, 256)]);
        if (cut < 0)
            File.Delete(written.At(file));
        else
            Length(written.At(file), new FileInfo(written.At(file)).Length - cut);
        Assert.Contains(sentence, Refusal(written.Folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IntanFormat.FilePerSignal)]
    [InlineData(IntanFormat.FilePerChannel)]
    public void Numbers_that_go_back_are_refused(IntanFormat format)
    {
        var written = new WrittenIntan(_folder["intan"], format, null, [.. Range(0, 100), .. Range(50, 100)]);
        Assert.Contains("time.dat' goes back at sample 100, from number 99 to 50", Refusal(written.Folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IntanFormat.OneFile)]
    [InlineData(IntanFormat.FilePerSignal)]
    [InlineData(IntanFormat.FilePerChannel)]
    public void Auxiliary_supply_and_analog_inputs_are_in_volts_at_their_samples(IntanFormat format)
    {
        // 128 samples are missing after the first block.
        var written = new WrittenIntan(_folder["intan"], format, null, [.. Range(0, 128), .. Range(256, 128)]);
        var recording = IntanRecording.Open(written.Folder);
        // In files beside a head there is a value for each sample of the electrodes.
        var (auxiliary, supply) = format == IntanFormat.OneFile ? (4, 128) : (1, 1);
        Matches(recording.Traces(IntanSignal.Auxiliary), auxiliary, 3, (sample, channel) => 37.4e-6 * WrittenIntan.Auxiliary(sample / 4 * 4, channel));
        Matches(recording.Traces(IntanSignal.Supply), supply, 1, (sample, _) => 74.8e-6 * WrittenIntan.Supply(sample / 128 * 128));
        Matches(recording.Traces(IntanSignal.AnalogInput), 1, 2, (sample, channel) => 312.5e-6 * (WrittenIntan.Analog(sample, channel) - 32768));
        var some = recording.Traces(IntanSignal.AnalogInput, every: 100)!;
        Assert.Equal([0, 100, 328], some.Samples);
        Assert.Equal(200, some.RateHz, 1e-9);
        Assert.Equal("A-AUX2", recording.Traces(IntanSignal.Auxiliary)!.Channels[1].NativeName);
        Assert.Equal([(50L, 1, true), (60L, 1, false)], recording.Edges(IntanSignal.DigitalOutput).Select(edge => (edge.Sample, edge.Line, edge.High)));

        // Each value of the file is there once, at the number of its sample.
        static void Matches(IntanTraces? traces, int step, int channels, Func<int, int, double> volts)
        {
            Assert.NotNull(traces);
            Assert.Equal((channels, 256 / step), (traces.Volts.Count, traces.Samples.Count));
            Assert.Equal(20000.0 / step, traces.RateHz, 1e-9);
            for (var i = 0; i < traces.Samples.Count; i++)
            {
                var sample = i * step;
                Assert.Equal(sample < 128 ? sample : sample + 128, traces.Samples[i]);
                for (var channel = 0; channel < channels; channel++)
                    Assert.Equal(volts(sample, channel), traces.Volts[channel][i], 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(0, 50.354e-6, 0)]
    [InlineData(1, 152.59e-6, 32768)]
    public void Analog_inputs_are_scaled_as_their_board_does(int boardMode, double voltsPerCount, int zero)
    {
        var written = new WrittenIntan(_folder["intan"], IntanFormat.FilePerSignal, null, [.. Range(0, 8)]);
        File.WriteAllBytes(written.Rhd, written.Head(boardMode: boardMode));
        var traces = IntanRecording.Open(written.Folder).Traces(IntanSignal.AnalogInput)!;
        Assert.Equal(Enumerable.Range(0, 8).Select(sample => voltsPerCount * (WrittenIntan.Analog(sample, 1) - zero)), traces.Volts[1].Select(value => (double)value), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Traces_that_cannot_be_read_are_refused_by_name()
    {
        var written = new WrittenIntan(_folder["intan"], IntanFormat.FilePerSignal, null, [.. Range(0, 256)]);
        Length(written.At("auxiliary.dat"), 6 * 200);
        File.Delete(written.At("supply.dat"));
        var recording = IntanRecording.Open(written.Folder);
        Assert.Contains("time.dat' has 1024 bytes for the numbers of 200 samples", Assert.Throws<ClosedLoopException>(() => recording.Traces(IntanSignal.Auxiliary)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read: ", Assert.Throws<ClosedLoopException>(() => recording.Traces(IntanSignal.Supply)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(written.Rhd, written.Head(boardMode: 7));
        Assert.Contains("of a board of mode 7", Assert.Throws<ClosedLoopException>(() => IntanRecording.Open(written.Folder).Traces(IntanSignal.AnalogInput)).Message, StringComparison.Ordinal);
    }

    private static string Refusal(string path) => Assert.Throws<ClosedLoopException>(() =>
    {
        var recording = IntanRecording.Open(path);
        using var source = recording.Samples(blockCapacity: 64);
        var block = new SampleBlock(WrittenIntan.Electrodes, 64);
        while (source.TryRead(block, default))
        {
        }
        recording.Edges();
    }).Message;

    private static IEnumerable<long> Range(long first, int count) => Enumerable.Range(0, count).Select(i => first + i);

    private static void Length(string path, long bytes)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(bytes);
    }
}
