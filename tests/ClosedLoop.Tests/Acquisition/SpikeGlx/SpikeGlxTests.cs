using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.Acquisition.SpikeGlx;

/// <summary>Recordings of SpikeGLX: channels with their gains, sync, and refused by name where they are not whole.</summary>
public sealed class SpikeGlxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_probe_has_the_saved_channels_with_the_gain_of_each()
    {
        var written = new WrittenRun(_folder["run"], WrittenRun.Np1, 35);
        foreach (var path in new[] { written.Data, written.Meta, _folder["run"] })
        {
            var recording = SpikeGlxRecording.Open(path);
            Assert.True(SpikeGlxRecording.IsAt(path));
            Assert.Equal(["AP1", "AP2", "AP4", "SY0"], recording.Channels.Select(channel => channel.Name));
            Assert.Equal(["uV", "uV", "uV", ""], recording.Channels.Select(channel => channel.Unit));
            // 0.6 V are 512 counts before the gain.
            Assert.Equal([0.6e6 / 512 / 1000, 0.6e6 / 512 / 1500, 0.6e6 / 512 / 250, 1], recording.Channels.Select(channel => channel.UnitsPerCount));
            Assert.Equal((30000.25, 70000, 3), (recording.RateHz, recording.FirstSample, recording.SyncChannel));
            using var source = recording.Samples(blockCapacity: 20);
            var block = new SampleBlock(4, 20);
            var sample = 0;
            while (source.TryRead(block, default))
                for (var i = 0; i < block.SampleCount; i++, sample++)
                {
                    Assert.Equal(70000 + sample, block.Stamp.DeviceCounter + i);
                    for (var channel = 0; channel < 4; channel++)
                        Assert.Equal(WrittenRun.Value(sample, channel), block.Samples[(i * 4) + channel]);
                }
            Assert.Equal((35, 0), (sample, source.Ledger.Lost));
            Assert.Equal([new DigitalEdge(70010, 6, true), new(70020, 6, false), new(70030, 6, true)], recording.Edges());
        }
    }

    [Theory]
    // The band of local fields has gains and numbers of its own.
    [InlineData("snsApLfSy=3,0,1|snsApLfSy=0,3,1;snsSaveChanSubset=1:2,4,12|snsSaveChanSubset=7:8,10,12", "LF1 LF2 LF4 SY0", 0.6e6 / 512 / 125)]
    // All saved, of a probe with as many.
    [InlineData("acqApLfSy=6,6,1|acqApLfSy=3,3,1;snsSaveChanSubset=1:2,4,12|snsSaveChanSubset=all;(0,6)|(0,3)", "AP0 AP1 AP2 SY0", 0.6e6 / 512 / 1000)]
    // The first probes had no type, and an entry less for each electrode.
    [InlineData("imDatPrb_type=0|x=0; 1)(|)(", "AP1 AP2 AP4 SY0", 0.6e6 / 512 / 1500)]
    [InlineData("imDatPrb_type=0|imDatPrb_type=24;imAiRangeMax=0.6|imAiRangeMax=0.5\nimMaxInt=8192", "AP1 AP2 AP4 SY0", 0.5e6 / 8192 / 80)]
    [InlineData("imDatPrb_type=0|imDatPrb_type=2013\nimMaxInt=2048\nimChan0apGain=100", "AP1 AP2 AP4 SY0", 0.6e6 / 2048 / 100)]
    [InlineData("imDatPrb_type=0|imDatPrb_type=1110;(0,6)|(1110,0,0,750,250,1)", "AP1 AP2 AP4 SY0", 0.6e6 / 512 / 750)]
    public void Every_kind_of_probe_has_its_gains(string changes, string names, double microvoltsOfTheSecond)
    {
        var recording = SpikeGlxRecording.Open(new WrittenRun(_folder["run"], Changed(WrittenRun.Np1, changes), 10).Meta);
        Assert.Equal(names, string.Join(' ', recording.Channels.Select(channel => channel.Name)));
        Assert.Equal(microvoltsOfTheSecond, recording.Channels[1].UnitsPerCount, 1e-12);
        Assert.Equal(1, recording.Channels[3].UnitsPerCount);
    }

    [Fact]
    public void Inputs_of_a_card_are_neural_auxiliary_plain_and_digital()
    {
        var recording = SpikeGlxRecording.Open(new WrittenRun(_folder["run"], WrittenRun.Nidq, 35, "nidq").Data);
        Assert.Equal(
            [new("MN0", 5e6 / 32768 / 200, "uV"), new("MA0", 5.0 / 32768 / 2, "V"), new("XA0", 5.0 / 32768, "V"), new SampleChannel("XD0", 1, "")],
            recording.Channels);
        Assert.Equal((25000, null), (recording.RateHz, recording.SyncChannel));
        Assert.Equal([new DigitalEdge(70010, 6, true), new(70020, 6, false), new(70030, 6, true)], recording.Edges());
    }

    [Theory]
    [InlineData("typeThis=imec|typeThis=obx", "has 'typeThis=obx', and 'imec' or 'nidq' is needed there")]
    [InlineData("typeThis=imec|", "does not say 'typeThis'")]
    [InlineData("imSampRate=30000.25|imSampRate=0", "has 'imSampRate=0', and a number above 0 is needed there")]
    [InlineData("imAiRangeMax=0.6|", "does not say 'imAiRangeMax'")]
    [InlineData("nSavedChans=4|nSavedChans=5", "has 'nSavedChans=5', and 4, as the counts of its kinds of channels say, is needed there")]
    [InlineData("snsApLfSy=3,0,1|snsApLfSy=3,1", "has 'snsApLfSy=3,1', and 3 whole numbers with commas between them is needed there")]
    [InlineData("snsApLfSy=3,0,1|snsApLfSy=2,1,1", "has 'snsApLfSy=2,1,1', and 3,0,1, as snsSaveChanSubset and acqApLfSy say, is needed there")]
    [InlineData("snsApLfSy=3,0,1|snsApLfSy=0,0,0;snsSaveChanSubset=1:2,4,12|", "has 'nSavedChans=4', and at least one channel is needed there")]
    [InlineData("1:2,4,12|1:2,4:x", "has 'snsSaveChanSubset=1:2,4:x', and a rising list like 0:3,7 is needed there")]
    [InlineData("1:2,4,12|2:1,4,12", "has 'snsSaveChanSubset=2:1,4,12', and a rising list like 0:3,7 is needed there")]
    [InlineData("1:2,4,12|1:2,2,12", "has 'snsSaveChanSubset=1:2,2,12', and a rising list like 0:3,7 is needed there")]
    [InlineData("~imroTbl=|imro=", "does not say 'imroTbl'")]
    [InlineData("~imroTbl=(|~imroTbl=", "has 'imroTbl=0,6)(0 0 0 500 250 1)(1 0 0 1000 250 1)(2 0 0 1500 125 1)(3 ...', and a table of entries in parentheses is needed there")]
    [InlineData("(4 0 0 250 50 1)(5 0 0 500 250 1)|", "has an imroTbl of 4 electrodes, and electrode 4 was saved")]
    [InlineData("(4 0 0 250 50 1)|(4 0 0 0 50 1)", "has the entry '(4 0 0 0 50 1)' in imroTbl, and a gain above 0 should be in place 4 of it")]
    [InlineData("imDatPrb_type=0|imDatPrb_type=2013", "does not say 'imChan0apGain', which is the gain of its probe (imDatPrb_type 2013)")]
    [InlineData("imDatPrb_type=0|imDatPrb_type=9999", "is of a probe whose gains are not known here (imDatPrb_type=9999)")]
    [InlineData("firstSample=70000|firstSample=-3", "has 'firstSample=-3', and a whole number is needed there")]
    public void A_description_that_cannot_be_is_refused_by_name(string changes, string sentence)
    {
        var written = new WrittenRun(_folder["run"], Changed(WrittenRun.Np1, changes), 10);
        var error = Assert.Throws<ClosedLoopException>(() => SpikeGlxRecording.Open(written.Data).Samples().Dispose());
        Assert.Contains($"imec0.ap.meta' {sentence}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut off", "imec0.ap.bin' has 72 bytes, and rat_g0_t0.imec0.ap.meta says 80")]
    [InlineData("cut within a sample, and said so", "imec0.ap.bin' has 77 bytes, which is no whole number of samples of 4 channels (8 bytes)")]
    [InlineData("no size", "imec0.ap.meta' does not say 'fileSizeBytes'")]
    [InlineData("empty", "imec0.ap.bin' holds no samples")]
    [InlineData("no samples", "imec0.ap.meta' describes rat_g0_t0.imec0.ap.bin, which is not beside it")]
    [InlineData("no description", "imec0.ap.meta', which says what the samples of SpikeGLX are, cannot be read")]
    [InlineData("two recordings", "holds 2 recordings of SpikeGLX; name one: other.meta, rat_g0_t0.imec0.ap.meta")]
    public void Files_that_are_not_whole_are_refused_by_name(string defect, string sentence)
    {
        var written = new WrittenRun(_folder["run"], WrittenRun.Np1, 10);
        var path = written.Data;
        switch (defect)
        {
            case "cut off": Length(72, null); break;
            case "cut within a sample, and said so": Length(77, 77); break;
            case "no size": written.Describe(WrittenRun.Np1); break;
            case "empty": Length(0, 0); break;
            case "no samples": File.Delete(written.Data); break;
            case "no description": File.Delete(written.Meta); break;
            case "two recordings": File.Copy(written.Meta, Path.Combine(path = _folder["run"], "other.meta")); break;
        }
        var error = Assert.Throws<ClosedLoopException>(() => SpikeGlxRecording.Open(path).Samples().Dispose());
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);

        void Length(int bytes, int? said)
        {
            using (var file = File.OpenWrite(written.Data))
                file.SetLength(bytes);
            if (said is not null)
                written.Describe($"{WrittenRun.Np1}\nfileSizeBytes={said}\n");
        }
    }

    private static string Changed(string text, string changes)
    {
        foreach (var change in changes.Split(';'))
        {
            var (from, to) = (change.Split('|')[0], change.Split('|')[1]);
            Assert.Contains(from, text, StringComparison.Ordinal);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }
        return text;
    }
}
