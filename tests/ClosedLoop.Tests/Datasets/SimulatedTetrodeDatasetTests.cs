using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ClosedLoop.Core;
using ClosedLoop.Datasets;
using ClosedLoop.Simulation;
using ClosedLoop.Tests.Recording;
using ClosedLoop.Tests.Simulation.Tetrodes;

namespace ClosedLoop.Tests.Datasets;

/// <summary>Recordings of simulated tetrodes: the files hold what was planted, and the truth is what they show.</summary>
public sealed class SimulatedTetrodeDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_signal_to_noise_ratios_stated_are_those_of_the_samples()
    {
        var options = new SimulatedTetrodeOptions { Tetrodes = 3, Seed = 11 };
        var made = SimulatedTetrodeDataset.Write(_folder["."], options, 30, null, default);
        var counts = MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(_folder["raw.i16"])).ToArray();
        Assert.Equal((900_000, 12, 900_000 * 12, 12), (made.Samples, made.Channels, counts.Length, made.Units));
        using var source = new SimulatedTetrodeSource(options, new() { DurationS = 0.1 });
        Assert.Equal(source.ReadAll(), counts[..(3000 * 12)]);

        var filtered = TetrodeReading.Filter(counts, 12, 0.195);
        var truth = Table("truth.csv");
        Assert.Equal(made.Spikes, truth.Length);
        Assert.Equal(truth.Select(row => row["time_s"]).Order(), truth.Select(row => row["time_s"]));
        Assert.All(truth, row => Assert.InRange((row["time_s"] * 30_000) - row["sample"], -0.505, 0.505));
        var clear = 0;
        foreach (var unit in Table("truth_units.csv"))
        {
            var channel = filtered.AsSpan((int)unit["channel"] * 900_000, 900_000).ToArray();
            var spikes = truth.Where(row => row["unit"] == unit["unit"] && row["sample"] is > 60 and < 899_900).ToArray();
            Assert.Equal(unit["spikes"], spikes.Length, 3.0);
            Assert.Equal(unit["tetrode"], Math.Floor(unit["channel"] / 4));
            clear += unit["snr"] >= 5 ? 1 : 0;
            if (spikes.Length < 30)
                continue;
            // The mean of spikes at fractions of samples is blunter than each: the deepest of its few samples, a little more.
            var depth = Enumerable.Range(-3, 8).Max(shift => -spikes.Average(row => channel[(int)row["sample"] + shift]));
            var measured = depth / TetrodeReading.Robust(channel);
            Assert.InRange(measured, (0.88 * unit["snr"]) - (4 / Math.Sqrt(spikes.Length)), (1.08 * unit["snr"]) + (4 / Math.Sqrt(spikes.Length)));
        }
        Assert.Equal(made.Clear, clear);

        var description = YamlSection.Parse(File.ReadAllText(_folder["raw.yaml"]), "raw.yaml", "a raw recording");
        description.Allow("file", "channels", "rate_hz", "microvolts_per_count", "tetrodes");
        Assert.Equal(("raw.i16", 12, 30_000, 0.195), (description.Text("file"), description.Integer("channels"), description.Finite("rate_hz"), description.Finite("microvolts_per_count")));
        Assert.Contains("  - [8, 9, 10, 11]\n", File.ReadAllText(_folder["raw.yaml"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_recording_is_whole_as_far_as_it_goes()
    {
        using var stop = new CancellationTokenSource();
        var made = SimulatedTetrodeDataset.Write(_folder["."], new() { Tetrodes = 1 }, 600, written =>
        {
            if (written > 1)
                stop.Cancel();
        }, stop.Token);
        Assert.InRange(made.Samples, 30_000, 120_000);
        Assert.Equal(made.Samples * 8, new FileInfo(_folder["raw.i16"]).Length);
        Assert.All(Table("truth.csv"), row => Assert.True(row["sample"] < made.Samples));
        Assert.True(File.Exists(_folder["raw.yaml"]));
    }

    [Fact]
    public void What_the_disk_has_no_room_for_is_not_begun()
    {
        // 4096 channels for eleven days: 246 TB.
        var error = Assert.Throws<ClosedLoopException>(() => SimulatedTetrodeDataset.Write(_folder["."], new() { Tetrodes = 1024 }, 1_000_000, null, default));
        Assert.Contains("make room, or record less", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder["."]));
        Assert.Throws<ClosedLoopException>(() => SimulatedTetrodeDataset.Write(_folder["."], new(), 0.5, null, default));
    }

    [Fact]
    public void The_verb_writes_a_recording_and_says_what_is_in_it()
    {
        var (output, json) = (_folder["tetrodes"], _folder["tetrodes.json"]);
        var run = ProgramRunner.Run("simulate", "--tetrodes", "2", "--units-per-tetrode", "3", "--noise", "2", "--no-drift", "--seconds", "2", "--seed", "7", "--out", output, "--json", json);
        Assert.True(run.ExitCode == 0, $"{run}");
        using var facts = JsonDocument.Parse(File.ReadAllText(json));
        var root = facts.RootElement;
        Assert.Equal(("tetrodes", 8, 6, 60_000), (root.GetProperty("kind").GetString(), root.GetProperty("channels").GetInt32(), root.GetProperty("units").GetInt32(), root.GetProperty("samples").GetInt32()));
        Assert.Equal((16, 0), (root.GetProperty("noise_microvolts").GetDouble(), root.GetProperty("drift_micrometres").GetDouble()));
        Assert.Equal(["raw.i16", "raw.yaml", "truth.csv", "truth_units.csv"], Directory.EnumerateFiles(output).Select(Path.GetFileName).Order());
        Assert.Equal(60_000 * 8 * 2, new FileInfo(Path.Combine(output, "raw.i16")).Length);
        // Nothing is written over.
        var again = ProgramRunner.Run("simulate", "--tetrodes", "2", "--seconds", "2", "--out", output);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("holds files already", again.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add --tetrodes N", "--no-drift")]
    [InlineData("run simulate once for each", "--tetrodes", "2", "--training-set")]
    [InlineData("give 1 to 1024", "--tetrodes", "0")]
    public void What_does_not_go_together_is_refused(string sentence, params string[] arguments)
    {
        var run = ProgramRunner.Run(["simulate", "--out", _folder["refused"], .. arguments]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    private Dictionary<string, double>[] Table(string name)
    {
        var lines = File.ReadAllLines(_folder[name]);
        var columns = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => columns.Zip(line.Split(',')).Where(cell => cell.First != "type").ToDictionary(cell => cell.First, cell => double.Parse(cell.Second, CultureInfo.InvariantCulture)))];
    }
}
