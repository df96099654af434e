using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.Acquisition.Axona;

/// <summary>Tetrode files of Axona: snippets, times, gains and cuts as they are, and refused by name where they are not whole.</summary>
public sealed class AxonaTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Spikes_have_their_times_their_samples_and_their_microvolts()
    {
        var tetrode = AxonaTetrode.Open(new WrittenTrial(_folder["."]).SpikePath);
        Assert.Equal((3, 4, 50, 5), (tetrode.Number, tetrode.Wires, tetrode.SamplesPerSpike, tetrode.Count));
        Assert.Equal((48000, 96000), (tetrode.RateHz, tetrode.TimebaseHz));
        // Tetrode 3 has channels 8 to 11, whose gains are 9000 to 12000; int8 spans 1500 mV.
        Assert.Equal([1500e3 / 128 / 9000, 1500e3 / 128 / 10000, 1500e3 / 128 / 11000, 1500e3 / 128 / 12000], tetrode.MicrovoltsPerCount);
        var snippet = new float[4 * 50];
        for (var spike = 0; spike < tetrode.Count; spike++)
        {
            Assert.Equal((WrittenTrial.Ticks(spike), WrittenTrial.Ticks(spike) / 96000.0), (tetrode.Ticks(spike), tetrode.Seconds(spike)));
            tetrode.Microvolts(spike, snippet);
            for (var wire = 0; wire < 4; wire++)
                for (var sample = 0; sample < 50; sample++)
                {
                    Assert.Equal(WrittenTrial.Value(spike, wire, sample), tetrode.Counts(spike, wire)[sample]);
                    Assert.Equal(WrittenTrial.Value(spike, wire, sample) * tetrode.MicrovoltsPerCount[wire], snippet[(wire * 50) + sample], 1e-4);
                }
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => tetrode.Ticks(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => tetrode.Counts(0, 4).Length);
    }

    [Fact]
    public void Cuts_of_Tint_and_of_KlustaKwik_are_found_beside_the_spikes()
    {
        var written = new WrittenTrial(_folder["."]);
        var tetrode = AxonaTetrode.Open(written.SpikePath);
        Assert.Equal([0, 1, 1, 12, 0], tetrode.ReadCut()!.Labels);
        File.Delete(written.CutPath);
        Assert.Null(tetrode.ReadCut());
        File.WriteAllText(_folder["trial.clu.3"], "3\n1\n2\n3\n2\n1\n");
        Assert.Equal([1, 2, 3, 2, 1], tetrode.ReadCut()!.Labels);
        Assert.Equal([1, 2, 3, 2, 1], tetrode.ReadCut(_folder["trial.clu.3"])!.Labels);
    }

    [Theory]
    [InlineData("cut off in a spike", "trial.3' promises 5 spikes of 216 bytes, and 'data_end' does not stand behind them (1000 bytes are there)")]
    [InlineData("cut off by one spike", "trial.3' promises 5 spikes of 216 bytes, and 'data_end' does not stand behind them (864 bytes are there)")]
    [InlineData("one spike more than promised", "trial.3' promises 4 spikes of 216 bytes, and 'data_end' does not stand behind them")]
    [InlineData("cut off in the head", "trial.3' is no data file of Axona: it does not begin with 'trial_date' and go on to 'data_start'")]
    [InlineData("another file", "trial.3' is no data file of Axona")]
    [InlineData("no number of spikes", "trial.3' does not say 'num_spikes'")]
    [InlineData("number of spikes is text", "trial.3' has 'num_spikes many', and a whole number from 0 to 2147483647 is read")]
    [InlineData("two bytes a sample", "trial.3' has 'bytes_per_sample 2', and 1 is read")]
    [InlineData("another layout", "trial.3' has the spike_format 't,ch1,ch2,ch3,ch4', and 't,ch1,t,ch2,t,ch3,t,ch4' is read")]
    [InlineData("no time base", "trial.3' has 'timebase 0 hz', and a number above 0 is read")]
    [InlineData("wires disagree", "trial.3' has spike 2 at 3920 ticks on the first wire and at 3921 on wire 4")]
    [InlineData("times go back", "trial.3' goes back at spike 2, from 2960 to 5 ticks")]
    [InlineData("no spikes", "trial.3' cannot be read")]
    [InlineData("no settings", "trial.set' cannot be read, and without them the spikes have no microvolts")]
    [InlineData("no gain", "trial.set' does not say 'gain_ch_11'")]
    [InlineData("gain of 0", "trial.set' has 'gain_ch_8 0', and a number above 0 is read")]
    [InlineData("no full scale", "trial.set' does not say 'ADC_fullscale_mv'")]
    [InlineData("named otherwise", "trial.eeg' is not named as the spikes of a tetrode are")]
    [InlineData("cut of another trial", "trial_3.cut' cuts 4 spikes, and ")]
    [InlineData("cut cut off", "trial_3.cut' promises the clusters of 5 spikes and has 3")]
    [InlineData("cut without its line", "trial_3.cut' is no cut of Tint")]
    [InlineData("cut with text", "trial_3.cut' has 'one' where the number of a cluster should be")]
    [InlineData("cut not there", "the cut '")]
    [InlineData("clu with more clusters", "trial.clu.3' promises 2 clusters on its first line, and 3 are there")]
    [InlineData("clu empty", "trial.clu.3' is no file of KlustaKwik")]
    public void What_is_not_whole_is_refused_by_name(string defect, string sentence)
    {
        var written = new WrittenTrial(_folder["."]);
        var (path, cut) = (written.SpikePath, (string?)null);
        switch (defect)
        {
            case "cut off in a spike": Keep(path, 1000); break;
            case "cut off by one spike": Keep(path, 864); break;
            case "one spike more than promised": File.WriteAllBytes(path, WrittenTrial.SpikeBytes("num_spikes 5", "num_spikes 4")); break;
            case "cut off in the head": Keep(path, -10); break;
            case "another file": File.WriteAllText(path, "Spikes: none\r\ndata_start"); break;
            case "no number of spikes": File.WriteAllBytes(path, WrittenTrial.SpikeBytes("num_spikes", "spikes")); break;
            case "number of spikes is text": File.WriteAllBytes(path, WrittenTrial.SpikeBytes("num_spikes 5", "num_spikes many")); break;
            case "two bytes a sample": File.WriteAllBytes(path, WrittenTrial.SpikeBytes("bytes_per_sample 1", "bytes_per_sample 2")); break;
            case "another layout": File.WriteAllBytes(path, WrittenTrial.SpikeBytes("t,ch1,t,ch2,t,ch3,t,ch4", "t,ch1,ch2,ch3,ch4")); break;
            case "no time base": File.WriteAllBytes(path, WrittenTrial.SpikeBytes("timebase 96000", "timebase 0")); break;
            case "wires disagree": File.WriteAllBytes(path, WrittenTrial.SpikeBytes(change: data => data[(2 * 216) + (3 * 54) + 3]++)); break;
            case "times go back":
                File.WriteAllBytes(path, WrittenTrial.SpikeBytes(change: data =>
                {
                    for (var wire = 0; wire < 4; wire++)
                        new byte[] { 0, 0, 0, 5 }.CopyTo(data, (2 * 216) + (wire * 54));
                }));
                break;
            case "no spikes": File.Delete(path); break;
            case "no settings": File.Delete(written.SetPath); break;
            case "no gain": Replace(written.SetPath, "gain_ch_11 ", "gain_of_11 "); break;
            case "gain of 0": Replace(written.SetPath, "gain_ch_8 9000", "gain_ch_8 0"); break;
            case "no full scale": Replace(written.SetPath, "ADC_fullscale_mv", "ADC"); break;
            case "named otherwise": File.Move(path, path = _folder["trial.eeg"]); break;
            case "cut of another trial": File.WriteAllText(written.CutPath, WrittenTrial.CutText(4, "0 0 1 1")); break;
            case "cut cut off": File.WriteAllText(written.CutPath, WrittenTrial.CutText(5, "0 0 1")); break;
            case "cut without its line": File.WriteAllText(written.CutPath, "0 0 1 1 1"); break;
            case "cut with text": File.WriteAllText(written.CutPath, WrittenTrial.CutText(5, "0 0 one 1 1")); break;
            case "cut not there": cut = _folder["missing.cut"]; break;
            case "clu with more clusters": File.WriteAllText(cut = _folder["trial.clu.3"], "2\n1\n2\n3\n1\n1\n"); break;
            case "clu empty": File.WriteAllText(cut = _folder["trial.clu.3"], ""); break;
        }
        var error = Assert.Throws<ClosedLoopException>(() => AxonaTetrode.Open(path).ReadCut(cut));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Beside what Python's struct module says of the same bytes.</summary>
    [SkippableTheory]
    [InlineData(2, 1466, 17778, 37822316, 94256994, 1.171875, "0:667 1:799")]
    [InlineData(8, 10311, 482, 37823312, 599106171, 1.46484375, "0:9349 1:10 2:74 3:878")]
    public void Real_tetrodes_read_with_their_human_cuts(int number, int spikes, long first, long last, long sumOfSquares, double microvolts, string clusters)
    {
        var tetrode = AxonaTetrode.Open(TestData.Require($"ephys/axona/DVH_2013103103.{number}"));
        Assert.Equal((number, spikes, first, last), (tetrode.Number, tetrode.Count, tetrode.Ticks(0), tetrode.Ticks(spikes - 1)));
        Assert.All(tetrode.MicrovoltsPerCount, each => Assert.Equal(microvolts, each, 1e-12));
        long sum = 0;
        for (var spike = 0; spike < spikes; spike++)
            for (var wire = 0; wire < 4; wire++)
                foreach (var count in tetrode.Counts(spike, wire))
                    sum += count * count;
        Assert.Equal(sumOfSquares, sum);
        Assert.Equal(clusters, string.Join(' ', tetrode.ReadCut()!.Labels.GroupBy(label => label).OrderBy(group => group.Key).Select(group => $"{group.Key}:{group.Count()}")));
    }

    /// <summary>Leaves so many bytes of the data; below 0, cuts off the end of the head.</summary>
    private static void Keep(string path, int data)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(file.Length - "\r\ndata_end\r\n".Length - (5 * 216) + data);
    }

    private static void Replace(string path, string text, string by) => File.WriteAllText(path, File.ReadAllText(path).Replace(text, by, StringComparison.Ordinal));
}
