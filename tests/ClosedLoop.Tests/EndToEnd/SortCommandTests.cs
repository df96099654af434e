using System.Text.Json;
using ClosedLoop.Recording;

namespace ClosedLoop.Tests.EndToEnd;

/// <summary><c>sort</c> on a recording whose spikes are known, as a user runs it.</summary>
public sealed class SortCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("closedloop-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_recording_with_planted_spikes_is_sorted_twice_and_written_as_units()
    {
        var (recording, units, json, figure) = (Path.Combine(_folder, "recording"), Path.Combine(_folder, "units.nwb"), Path.Combine(_folder, "sort.json"), Path.Combine(_folder, "units.png"));
        Done(ProgramRunner.Run("simulate", "--tetrodes", "1", "--seconds", "60", "--no-drift", "--seed", "4", "--out", recording));
        Done(ProgramRunner.Run("sort", recording, "--out", units, "--truth", Path.Combine(recording, "truth.csv"), "--figure", figure, "--json", json));
        using var report = JsonDocument.Parse(File.ReadAllText(json));
        var root = report.RootElement;
        Assert.Equal((4, 60.0, 2), (root.GetProperty("channels").GetInt32(), root.GetProperty("seconds").GetDouble(), root.GetProperty("passes").GetInt32()));
        foreach (var pass in new[] { "truth", "truth_online" })
        {
            var truth = root.GetProperty(pass);
            Assert.InRange(truth.GetProperty("units").GetInt32(), 2, 4);
            // What is well found of what is clear; how well in general is measured, not asserted.
            Assert.True(2 * truth.GetProperty("well_detected").GetInt32() >= truth.GetProperty("units").GetInt32(), truth.ToString());
            Assert.InRange(truth.GetProperty("median_accuracy").GetDouble(), 0.8, 1);
        }
        var listed = root.GetProperty("units").EnumerateArray().ToArray();
        Assert.NotEmpty(listed);
        Assert.All(listed, unit => Assert.InRange(unit.GetProperty("isi_violation").GetDouble(), 0, 0.05));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(figure)[..4]);
        using var file = Hdf5File.Open(units);
        var (times, _) = file.ReadDoubles("units/spike_times");
        Assert.Equal(listed.Sum(unit => unit.GetProperty("spikes").GetInt32()), times.Length);
        Assert.All(times, time => Assert.InRange(time, 0, 60));
        // Most planted spikes of the clear units are among them.
        Assert.True(times.Length > 0.3 * File.ReadLines(Path.Combine(recording, "truth.csv")).Count());
    }

    [Fact]
    public void Samples_that_a_recording_lacks_are_reported()
    {
        // Four electrodes at 30 kHz for six seconds, of which 1234 samples never came.
        const int Before = 60_000, After = 118_766, Missing = 1234;
        long[] numbers = [.. Enumerable.Range(0, Before).Select(i => 5000L + i), .. Enumerable.Range(0, After).Select(i => 5000L + Before + Missing + i)];
        var written = new Acquisition.OpenEphys.WrittenRecording(_folder, numbers);
        var (units, json) = (Path.Combine(_folder, "units.nwb"), Path.Combine(_folder, "sort.json"));
        foreach (var online in new[] { true, false })
        {
            Done(ProgramRunner.Run(["sort", written.Folder, "--out", units, "--json", json, .. online ? (string[])["--online"] : []]));
            using var report = JsonDocument.Parse(File.ReadAllText(json));
            Assert.Equal((Missing, online ? 1 : 2), (report.RootElement.GetProperty("samples_lost").GetInt32(), report.RootElement.GetProperty("passes").GetInt32()));
            File.Delete(units);
        }
    }

    [Fact]
    public void What_cannot_be_sorted_is_refused_before_anything_is_written()
    {
        var units = Path.Combine(_folder, "units.nwb");
        Refused(ProgramRunner.Run("sort", Path.Combine(_folder, "nothing"), "--out", units), "there is no file or folder");
        Refused(ProgramRunner.Run("sort", _folder, "--out", Path.Combine(_folder, "units.csv")), ".nwb");
        Refused(ProgramRunner.Run("sort", _folder, "--out", units, "--figure", Path.Combine(_folder, "units.pdf")), ".png");
        Refused(ProgramRunner.Run("sort", _folder, "--out", units, "--state", Path.Combine(_folder, "state")), "--online");
        var truth = Path.Combine(_folder, "truth.csv");
        File.WriteAllText(truth, "unit,time\n1,0.5\n");
        Refused(ProgramRunner.Run("sort", _folder, "--out", units, "--truth", truth), "column 'sample'");
        File.WriteAllText(truth, "unit,sample\n1,12\n1,x\n");
        Refused(ProgramRunner.Run("sort", _folder, "--out", units, "--truth", truth), "line 3");
        Assert.False(File.Exists(units));
    }

    private static void Done(ProgramResult result) => Assert.True(result.ExitCode == 0, result.ToString());

    private static void Refused(ProgramResult result, string saying)
    {
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(saying, result.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }
}
