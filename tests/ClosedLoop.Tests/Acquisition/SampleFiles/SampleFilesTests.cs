using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Tests.Acquisition.Intan;
using ClosedLoop.Tests.Acquisition.OpenEphys;
using ClosedLoop.Tests.Acquisition.Raw;
using ClosedLoop.Tests.Acquisition.SpikeGlx;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.Acquisition.SampleFiles;

/// <summary>A path is opened as what it leads to, and what is not taken is refused with what would be.</summary>
public sealed class SampleFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_path_is_opened_as_what_it_leads_to()
    {
        foreach (var name in new[] { "raw", "one", "signal", "channel", "probe", "ephys" })
            Directory.CreateDirectory(_folder[name]);
        long[] numbers = [.. Enumerable.Range(0, 128).Select(i => (long)i)];
        var raw = new WrittenRaw(_folder["raw"], 3);
        var one = new WrittenIntan(_folder["one"], IntanFormat.OneFile, null, numbers);
        var signal = new WrittenIntan(_folder["signal"], IntanFormat.FilePerSignal, null, numbers);
        var channel = new WrittenIntan(_folder["channel"], IntanFormat.FilePerChannel, null, numbers);
        var probe = new WrittenRun(_folder["probe"], WrittenRun.Np1, 20);
        var ephys = new WrittenRecording(_folder["ephys"], 1000, 1001);
        foreach (var (path, description, edges) in new (string, string, int?)[]
        {
            (raw.Description, "raw samples of samples.bin", null), (raw.Folder, "raw samples of samples.bin", null),
            (one.Rhd, "Intan recording rat_251128_190000.rhd", 3), (one.Folder, "Intan recording rat_251128_190000.rhd", 3),
            (signal.Rhd, "Intan recording in signal", 3), (signal.Folder, "Intan recording in signal", 3), (channel.Folder, "Intan recording in channel", 3),
            (probe.Data, "SpikeGLX recording rat_g0_t0.imec0.ap.bin", 1), (probe.Meta, "SpikeGLX recording rat_g0_t0.imec0.ap.bin", 1), (_folder["probe"], "SpikeGLX recording rat_g0_t0.imec0.ap.bin", 1),
            (ephys.Folder, "stream 'headstage' of an Open Ephys recording", 3), (ephys.Structure, "stream 'headstage' of an Open Ephys recording", 3), (_folder["ephys"], "stream 'headstage' of an Open Ephys recording", 3),
        })
        {
            using var file = ClosedLoop.Acquisition.SampleFiles.Open(path, blockCapacity: 77);
            Assert.Equal((description, 77, edges), (file.Source.Description, file.Source.BlockCapacity, file.Edges?.Invoke().Count));
            Assert.Equal(path.Contains("raw", StringComparison.Ordinal) ? 2 : null, file.Tetrodes?.Count);
        }
    }

    [Theory]
    [InlineData("missing", "there is no file or folder '")]
    [InlineData("folder/", "folder' is a folder without a recording that is read; taken are ")]
    [InlineData("rat.rhs", "rat.rhs' is of a stimulator/recorder of Intan (RHS), which is not read; taken are ")]
    [InlineData("100_CH1.continuous", "100_CH1.continuous' is of Open Ephys's older format, which is not read: record in binary format; taken are ")]
    [InlineData("rat.imec0.ap.bin", "rat.imec0.ap.bin' is SpikeGLX's only with its .meta file beside it, which is not there; taken are ")]
    [InlineData("continuous.dat", "continuous.dat' is samples alone, and does not say of how many channels, at what rate and scale; taken are ")]
    [InlineData("trial.12", "trial.12' is named as spikes of Axona are, which hold no samples between them; taken are ")]
    [InlineData("trial.set", "trial.set' is of Axona, whose tetrode files hold spikes and no samples between them; taken are ")]
    [InlineData("rat.imec0.ap.cbin", "rat.imec0.ap.cbin' is compressed; decompress it with mtscomp; taken are ")]
    [InlineData("rat.xlsx", "rat.xlsx' is no recording that is read; taken are a recording of Open Ephys in binary format (its folder), of Intan (.rhd, or the folder of info.rhd), of SpikeGLX (.bin or .meta), or any file of int16 samples with a raw.yaml")]
    [InlineData("rat.yaml", "rat.yaml is not a description of raw samples: it holds no keys")]
    [InlineData("rat.rhd", "rat.rhd' ends within its head")]
    public void What_is_not_taken_is_refused_with_what_is(string name, string sentence)
    {
        var path = _folder[name.TrimEnd('/')];
        if (name.EndsWith('/'))
            Directory.CreateDirectory(path);
        else if (name != "missing")
            File.WriteAllText(path, "");
        var error = Assert.Throws<ClosedLoopException>(() => ClosedLoop.Acquisition.SampleFiles.Open(path));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }
}
