using System.Text.Json;
using ClosedLoop.Rigs;
using ClosedLoop.Tests.Acquisition.Raw;

namespace ClosedLoop.Tests.Rigs;

/// <summary>The section tetrodes of a rig file: what is read of it, what is refused, and a session with it.</summary>
public sealed class RigTetrodeTests : IDisposable
{
    private readonly RigFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{source: simulated, count: 3, seed: 9, learn_seconds: 12.5, bin_ms: 10, lfp_hz: 0, state: units.state}")]
    [InlineData("{source: intan_rhx, host: rig-2, command_port: 6000, waveform_port: 6001, ports: AC, channels_per_port: 64, rate_hz: 20000, wires: 2}")]
    [InlineData("{source: file, path: raw.yaml, stream: probe, wires: 3}")]
    [InlineData("{source: intan_rhx, groups: [A-000 A-001 A-003 A-002, A-004 A-005], sync: {channel: DIGITAL-IN-02}}")]
    [InlineData("{source: file, path: raw.yaml, sync: {channel: TTL, threshold: 0.5}}")]
    [InlineData("{source: ni_daqmx, inputs: 'Dev1/ai0:3', sensors: [Dev1/ai4, Dev1/ai5], gain: 500, max_volts: 5, rate_hz: 25000, sync: {channel: Dev1/ai5, threshold: 2.5}}")]
    public void A_resolved_section_reads_back_as_it_was(string section)
    {
        var problems = new List<string>();
        var rig = RigFileReader.Read(_folder.Write($"{RigFolder.Simulated}\ntetrodes: {section}\n"), problems)!;
        Assert.Empty(problems);
        Assert.NotNull(rig.Tetrodes);
        Assert.NotEqual(new() { Source = rig.Tetrodes.Source }, rig.Tetrodes);
        File.WriteAllText(_folder["resolved.yaml"], rig.ToYaml());
        Assert.Equal(rig, RigFileReader.Read(_folder["resolved.yaml"], problems));
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("{source: simulated, cout: 3}", "there is no key 'cout'", "'count'")]
    [InlineData("{source: simulated, path: a.yaml}", "there is no key 'path'", "'tetrodes'")]
    [InlineData("{source: intan}", "'source' must be simulated, file, intan_rhx or ni_daqmx, not 'intan'", "intan_rhx")]
    [InlineData("{source: file}", "the key 'path' is missing in 'tetrodes'", "rig.yaml")]
    [InlineData("{source: file, path: nowhere.yaml}", "there is no file or folder", "nowhere.yaml")]
    [InlineData("{source: intan_rhx, ports: BA}", "'ports' must name ports of the controller in their order", "BA")]
    [InlineData("{source: intan_rhx, wires: 5}", "are no whole number of groups of 5", "32 electrodes")]
    [InlineData("{source: intan_rhx, groups: [A-000 A-001, A-002 A-040]}", "names the channel 'A-040'", "A-002 A-040")]
    [InlineData("{source: simulated, sync: {channel: SYNC}}", "the session has none", "'SYNC'")]
    [InlineData("{source: ni_daqmx}", "the key 'inputs' is missing in 'tetrodes'", "rig.yaml")]
    [InlineData("{source: simulated, bin_ms: 0}", "'bin_ms' must lie between 1 and 1000", "rig.yaml")]
    [InlineData("{source: simulated, count: 1, state: units.state}", "begin as one", "units.state")]
    [InlineData("{source: simulated, count: 1, state: nowhere/units.state}", "there is no such folder", "nowhere")]
    public void What_cannot_be_is_refused_before_anything_starts(string section, string problem, string named)
    {
        File.WriteAllText(_folder["units.state"], "not one of ours");
        using var inspection = _folder.Look($"{RigFolder.Simulated}\ntetrodes: {section}\n");
        var told = Assert.Single(inspection.Problems);
        Assert.Contains(problem, told, StringComparison.Ordinal);
        Assert.Contains(named, told, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_compared_reads_back_and_what_cannot_be_is_refused()
    {
        const string Tetrodes = "tetrodes: {source: simulated, count: 1}\n";
        var problems = new List<string>();
        var rig = RigFileReader.Read(_folder.Write($"{RigFolder.Simulated}\n{Tetrodes}comparison: {{classes: [action, joint_angles], lags_ms: [-200, 0, 62.5], most_features: 20, every_seconds: 2}}\n"), problems)!;
        Assert.Empty(problems);
        Assert.True(rig.Comparison!.Enabled);
        Assert.Equal(["action", "joint_angles"], rig.Comparison.Options.Classes);
        Assert.Equal([-200, 0, 62.5], rig.Comparison.Options.LagsMs);
        Assert.Equal((20, 2), (rig.Comparison.Options.MostFeatures, rig.Comparison.Options.EverySeconds));
        File.WriteAllText(_folder["resolved.yaml"], rig.ToYaml());
        Assert.Equal(rig.ToYaml(), RigFileReader.Read(_folder["resolved.yaml"], problems)!.ToYaml());
        Assert.Empty(problems);
        Assert.False(RigFileReader.Read(_folder.Write($"{RigFolder.Simulated}\n{Tetrodes}comparison: {{enabled: false}}\n"), problems)!.Comparison!.Enabled);
        Assert.Empty(problems);

        foreach (var (section, told) in (ReadOnlySpan<(string, string)>)[
            ($"{Tetrodes}comparison: {{clases: [action]}}", "there is no key 'clases'"), ($"{Tetrodes}comparison: {{lags_ms: [0, 0]}}", "different numbers"),
            ($"{Tetrodes}comparison: {{every_seconds: 0}}", "'every_seconds' must lie between"), ("comparison: {enabled: true}", "there are no 'tetrodes'")])
        {
            using var inspection = _folder.Look($"{RigFolder.Simulated}\n{section}\n");
            Assert.Contains(told, Assert.Single(inspection.Problems), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_check_says_what_will_be_sorted_and_counts_its_samples_into_the_room()
    {
        using var bare = _folder.Look(RigFolder.Simulated);
        using var simulated = _folder.Look($"{RigFolder.Simulated}\ntetrodes: {{source: simulated, count: 2, learn_seconds: 30}}\n");
        Assert.Empty(simulated.Problems);
        var found = Assert.Single(simulated.Findings, finding => finding.Part == "tetrodes").Found;
        Assert.Contains("2 tetrodes, 8 channels at 30000 Hz; units are learnt for 30 s, counted in bins of 20 ms", found, StringComparison.Ordinal);
        // int16 samples, the field potential, and what frames them.
        Assert.InRange(simulated.Room!.BytesPerSecond - bare.Room!.BytesPerSecond, 8 * 30_000 * 2, 8 * 30_000 * 2 * 1.3);

        Directory.CreateDirectory(_folder["recorded"]);
        _ = new WrittenRaw(_folder["recorded"], 3000);
        using var file = _folder.Look($"{RigFolder.Simulated}\ntetrodes: {{source: file, path: recorded}}\n");
        Assert.Empty(file.Problems);
        Assert.Contains("2 tetrodes, 6 channels", Assert.Single(file.Findings, finding => finding.Part == "tetrodes").Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_live_session_sorts_its_tetrodes_keeps_their_units_and_begins_with_them_the_next_day()
    {
        var rig = _folder.Write($"{RigFolder.Simulated}\ntetrodes: {{source: simulated, count: 1, learn_seconds: 1, state: units.state}}\n");
        var first = Run(rig, "4");
        var tetrodes = first.GetProperty("tetrodes");
        Assert.Equal((1, 4), (tetrodes.GetProperty("tetrodes").GetInt32(), tetrodes.GetProperty("channels").GetInt32()));
        Assert.Equal(first.GetProperty("frames").GetInt64(), tetrodes.GetProperty("bins").GetInt64());
        Assert.True(File.Exists(_folder["units.state"]));
        var second = Run(rig, "1").GetProperty("tetrodes");
        Assert.Equal(tetrodes.GetProperty("units").EnumerateArray().Select(Name), second.GetProperty("units").EnumerateArray().Select(Name));
        Assert.Equal(0, second.GetProperty("spikes_late").GetInt64());

        static int Name(JsonElement unit) => unit.GetProperty("id").GetInt32();
    }

    [Fact]
    public void A_controller_that_cannot_be_reached_is_told_of_before_anything_is_recorded()
    {
        var rig = _folder.Write($"{RigFolder.Simulated}\ntetrodes: {{source: intan_rhx, host: 127.0.0.1, command_port: 1, waveform_port: 2}}\n");
        var live = ProgramRunner.Run("live", rig, "--seconds", "2");
        Assert.True(live.ExitCode is 1 or 2, live.ToString());
        Assert.Contains("127.0.0.1", live.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["recordings"]) && Directory.GetFiles(_folder["recordings"]).Length > 0);
    }

    private JsonElement Run(string rig, string seconds)
    {
        var live = ProgramRunner.Run("live", rig, "--seconds", seconds, "--json", _folder["live.json"]);
        Assert.True(live.ExitCode == 0, live.ToString());
        using var facts = JsonDocument.Parse(File.ReadAllText(_folder["live.json"]));
        return facts.RootElement.Clone();
    }
}
