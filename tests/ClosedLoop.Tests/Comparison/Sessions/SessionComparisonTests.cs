using System.Diagnostics;
using System.Text.Json;
using ClosedLoop.Comparing;
using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.Comparison;

public sealed class SessionComparisonTests : IDisposable
{
    private static readonly SessionComparisonOptions s_options = new()
    {
        Encoding = new() { LeastLagMs = -120, MostLagMs = 120, LagStepMs = 20, Folds = 6 }, Classes = ["joint_angles", "latent", "encoder_0"],
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_recording_becomes_tables_in_the_time_of_the_animal()
    {
        PlantedRecording.Write(_folder["a.mcap"], seed: 1);
        using var recording = SessionRecording.Open(_folder["a.mcap"]);
        File.WriteAllText(_folder["told.csv"], "time_s,behaviour\n10,walk\n20,rest\n");
        var tables = SessionTables.Read(recording, ["a", "b", "c"], null, BehaviourFile.Read(_folder["told.csv"]), 5, null, default);
        Assert.Equal(PlantedRecording.Beats, tables.Rows);
        Assert.Equal(20, tables.BinMs);
        Assert.Equal(PlantedRecording.CaptureBins, tables.DelayBins);
        Assert.Equal(PlantedRecording.UnitNames, tables.UnitNames);
        // Lost samples are where they were, moved as all counts are; the last bins of all are those that no count comes for.
        int[] lost = [0, 1, .. Enumerable.Range(PlantedRecording.Gap.First + PlantedRecording.CaptureBins, PlantedRecording.Gap.Count)];
        Assert.Equal(lost, Enumerable.Range(0, tables.Rows).Where(t => !tables.UsableCounts[t]));
        // The first pose is never led to, the last are not yet; acceleration is not known of the one after the lost stretch.
        int[] missing = [0, .. Enumerable.Range(PlantedRecording.Lost.First, PlantedRecording.Lost.Count + 1), .. Enumerable.Range(tables.Rows - PlantedRecording.Delay, PlantedRecording.Delay)];
        Assert.Equal(missing, Enumerable.Range(0, tables.Rows).Where(t => !tables.UsableFeatures[t]));
        Assert.Equal(PlantedRecording.Short.Count + 1 + 1, tables.Interpolated);
        var joints = tables.ClassOf(tables.Layout["joint_angles"]).Features;
        Assert.Equal(joints[499, 0] + ((joints[504, 0] - joints[499, 0]) * 0.4), joints[501, 0], 0.05 + Math.Abs(joints[503, 0] - joints[504, 0]));
        Assert.All(joints.Values, angle => Assert.True(double.IsFinite(angle)));
        Assert.Equal(["", "walk", "walk", "rest"], new[] { 400, 520, 900, 1100 }.Select(t => tables.Labels[t]));
        var (_, real, body) = Assert.Single(tables.Bodies, of => of.Name == "keypoints_egocentric");
        Assert.InRange(real.Rows, 750, 3000);
        Assert.Equal(real.Rows, body.Rows);
    }

    [Fact]
    public void Planted_units_get_their_class_and_lag_and_what_is_finished_is_found_again()
    {
        PlantedRecording.Write(_folder["a.mcap"], seed: 2);
        var said = new List<string>();
        var first = SessionComparison.Run(_folder["a.mcap"], _folder["out"], s_options, new Said(said), default);
        Assert.Equal(["latent", "latent", "joint_angles", "joint_angles"], first.Encoding.Units.Take(4).Select(unit => first.Encoding.Classes[unit.Leading].Name));
        Assert.All(first.Encoding.Units.Take(4), unit => Assert.True(unit.IsPredicted));
        Assert.Equal([-60, -60, 40, 40], first.Encoding.Units.Take(4).Select(unit => unit.Classes[unit.Leading].LagMs));
        Assert.All(first.Encoding.Units.Skip(4), unit => Assert.False(unit.IsPredicted));
        Assert.Equal(FeatureKind.Computational, first.Encoding.Classes[1].Kind);
        Assert.Contains(first.Notes, note => note.Contains("40 ms before their beats", StringComparison.Ordinal));
        // The body does just what the animal does: nobody can tell them apart better than the animal from itself.
        var distance = Assert.Single(first.Distances, of => of.Name == "joint_angles");
        Assert.InRange(distance.ClassifierAccuracy, 0.4, 0.6);
        Assert.InRange(distance.SlicedWasserstein, 0, 0.2);

        // A part that was cut short is fitted again, the others are found, and all comes out the same.
        var parts = Directory.GetFiles(Path.Combine(_folder["out"], SessionComparison.CheckpointFolder));
        Assert.Equal(3, parts.Length);
        using (var cut = File.Open(parts.First(part => part.Contains("latent", StringComparison.Ordinal)), FileMode.Open))
            cut.SetLength(cut.Length - 1000);
        said.Clear();
        var second = SessionComparison.Run(_folder["a.mcap"], _folder["out"], s_options, new Said(said), default);
        Assert.Single(said, sentence => sentence.StartsWith("encoding models", StringComparison.Ordinal));
        for (var unit = 0; unit < 6; unit++)
            Assert.Equal(first.Encoding.Units[unit].Classes.Select(score => score.BitsPerSpike), second.Encoding.Units[unit].Classes.Select(score => score.BitsPerSpike));
        // Other options: nothing of it can be used.
        said.Clear();
        SessionComparison.Run(_folder["a.mcap"], _folder["out"], s_options with { Encoding = s_options.Encoding with { Folds = 5 }, Classes = ["latent"] }, new Said(said), default);
        Assert.Equal(5, said.Count(sentence => sentence.StartsWith("encoding models", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_command_says_how_far_it_agrees_with_the_session_and_with_the_plan_and_draws_its_figures()
    {
        // What the session found: the right classes, and bits a spike that grow by 0.1 from unit to unit; the last unit is nobody's.
        var scores = PlantedRecording.Compared.NewScores();
        (scores.Judged, scores.UnitCount) = (2000, 6);
        int[] leading = [2, 2, 0, 0, 0, 2];
        for (var unit = 0; unit < 6; unit++)
        {
            (scores.Leading[unit], scores.BitsPerSpike[unit], scores.IsPredictive[unit], scores.IsOfItsKind[unit]) = (leading[unit], 0.1 * (unit + 1), unit < 4 ? 0.999 : 0.2, 0.99);
            scores.Planted[unit] = unit < 5 ? 11 + unit : 0;
            for (var c = 0; c < 3; c++)
                scores.ClassBitsPerSpike[(3 * unit) + c] = c == leading[unit] ? 0.3f : 0;
        }
        PlantedRecording.Write(_folder["a.mcap"], seed: 2, scores);
        var run = ProgramRunner.Run("compare", _folder["a.mcap"], "--out", _folder["out"], "--json", _folder["a.json"], "--figure", _folder["a.png"], "--lags", "-120:120:20", "--folds", "6", "--only", "joint_angles,latent,encoder_0");
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("of 4 units of 1 Hz or more that follow a class of features 4 are found to follow that very class (4 with a lag within 40 ms", run.Output, StringComparison.Ordinal);
        Assert.Contains("of 4 found to be predicted then 4 are found now", run.Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllText(_folder["a.json"]));
        var (plan, online, units) = (json.RootElement.GetProperty("plan_agreement"), json.RootElement.GetProperty("online_agreement"), json.RootElement.GetProperty("per_unit"));
        Assert.Equal([5, 4, 4, 4, 4, 4, 1, 0, 0], new[] { "planted", "driven", "found", "right_kind", "right_class", "right_class_and_lag", "unrelated", "falsely_found", "not_compared" }.Select(name => plan.GetProperty(name).GetInt32()));
        Assert.Equal([6, 12, 4, 4, 4, 4, 4], new[] { "units", "pairs", "found_online", "found_offline", "found_both", "same_class", "same_kind" }.Select(name => online.GetProperty(name).GetInt32()));
        // Against the scores of each unit's class, as the tables say them.
        var lines = File.ReadAllLines(Path.Combine(_folder["out"], "scores.csv")).Select(line => line.Split(',')).ToArray();
        Assert.Equal(["planted_class", "planted_lag_ms"], lines[0][^2..]);
        string[] names = ["latent", "latent", "joint_angles", "joint_angles", "joint_angles", "latent"];
        var offline = PlantedRecording.UnitNames.Zip(names, (unit, name) => double.Parse(lines.Single(line => line[0] == unit && line[2] == name)[5], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(Similarity.Pearson([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], offline), online.GetProperty("pearson").GetDouble(), 1e-9);
        Assert.InRange(online.GetProperty("pairs_pearson").GetDouble(), 0.5, 1);
        Assert.Equal(["latent", "latent", "joint_angles", "joint_angles", "none", ""], PlantedRecording.UnitNames.Select(unit => lines.First(line => line[0] == unit)[^2]));
        Assert.Equal(-60, units[0].GetProperty("planted_lag_ms").GetDouble());
        Assert.Equal(JsonValueKind.Null, units[5].GetProperty("planted_class").ValueKind);
        Assert.InRange(json.RootElement.GetProperty("nlb_bits_per_spike").GetProperty("latent").GetDouble(), 0.01, 1);
        var page = File.ReadAllText(Path.Combine(_folder["out"], "report.html"));
        Assert.Contains("While the session ran, and afterwards", page, StringComparison.Ordinal);
        Assert.Contains("Beside what was planted", page, StringComparison.Ordinal);
        using var picture = SkiaSharp.SKBitmap.Decode(_folder["a.png"]);
        Assert.True(picture is { Width: > 1000, Height: > 500 });

        var two = ProgramRunner.Run("compare", _folder["a.mcap"], _folder["a.mcap"], "--out", _folder["out"], "--figure", _folder["a.png"]);
        Assert.Equal(2, two.ExitCode);
        Assert.Contains("--figure is of one comparison", two.Error, StringComparison.Ordinal);
        Assert.Equal(2, ProgramRunner.Run("compare", _folder["a.mcap"], "--out", _folder["out"], "--figure", _folder["a.jpg"]).ExitCode);
    }

    [Fact]
    public void A_recording_without_counts_is_refused()
    {
        var layout = new RecordingLayout(MovingBody.Keypoints, 50, 9, 8, 2, PlantedRecording.Layers);
        using (var recorder = SessionRecorder.Start(_folder["none.mcap"], new() { Layout = layout }))
            recorder.Finish();
        var error = Assert.Throws<ClosedLoopException>(() => SessionComparison.Run(_folder["none.mcap"], _folder["out"], s_options, new Said([]), default));
        Assert.Contains("no counts of units", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.ExitCode);
    }

    [Fact]
    public void Several_sessions_are_brought_together_and_jobs_of_a_cluster_do_the_same()
    {
        PlantedRecording.Write(_folder["a.mcap"], seed: 3);
        PlantedRecording.Write(_folder["b.mcap"], seed: 4);
        string[] how = ["--lags", "-60:60:60", "--folds", "6", "--only", "joint_angles,latent"];
        var run = ProgramRunner.Run(["compare", _folder["a.mcap"], _folder["b.mcap"], "--out", _folder["here"], "--json", _folder["here.json"], .. how]);
        Assert.True(run.ExitCode == 0, run.ToString());
        using var facts = JsonDocument.Parse(File.ReadAllText(_folder["here.json"]));
        Assert.Equal(12, facts.RootElement.GetProperty("units").GetInt32());
        Assert.Equal(2 * PlantedRecording.Beats, facts.RootElement.GetProperty("bins").GetInt32());
        var best = facts.RootElement.GetProperty("best_class_counts");
        Assert.InRange(best.GetProperty("latent").GetInt32(), 3, 6);
        Assert.InRange(best.GetProperty("joint_angles").GetInt32(), 2, 5);
        Assert.All(new[] { "report.html", "sessions.csv", "units.csv", "a/report.html", "b/scores.csv", "a/session.json" }, file => Assert.True(File.Exists(Path.Combine(_folder["here"], file)), file));

        // An sbatch that runs each job as it is submitted, and notes what it was asked.
        File.WriteAllText(_folder["sbatch"], $"#!/bin/bash\necho \"$@\" >> '{_folder["asked"]}'\nbash \"${{@: -1}}\" > /dev/null 2>&1\necho $(wc -l < '{_folder["asked"]}')\n");
        File.SetUnixFileMode(_folder["sbatch"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var submitted = Submit(Path.GetDirectoryName(_folder["sbatch"])!);
        Assert.True(submitted.ExitCode == 0, submitted.ToString());
        var asked = File.ReadAllLines(_folder["asked"]);
        Assert.Equal(3, asked.Length);
        Assert.StartsWith("--parsable --dependency=afterany:1:2 ", asked[2], StringComparison.Ordinal);
        Assert.Contains("#SBATCH --cpus-per-task=2\n", File.ReadAllText(Path.Combine(_folder["there"], "a", "job.sh")), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(Path.Combine(_folder["here"], "units.csv")), File.ReadAllText(Path.Combine(_folder["there"], "units.csv")));

        var without = Submit("/nowhere");
        Assert.Equal(2, without.ExitCode);
        Assert.Contains("no 'sbatch'", without.Error, StringComparison.Ordinal);

        ProgramResult Submit(string tools)
        {
            var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
            var start = new ProcessStartInfo(host) { RedirectStandardError = true, RedirectStandardOutput = true };
            string[] arguments = [Path.Combine(AppContext.BaseDirectory, "closedloop.dll"), "compare", _folder["a.mcap"], _folder["b.mcap"], "--out", _folder["there"], "--slurm", "--slurm-cpus", "2", .. how];
            foreach (var argument in arguments)
                start.ArgumentList.Add(argument);
            start.Environment["PATH"] = tools == "/nowhere" ? tools : $"{tools}:{Environment.GetEnvironmentVariable("PATH")}";
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new(process.ExitCode, output, error.Result);
        }
    }

    private sealed class Said(List<string> sentences) : IProgress<string>
    {
        public void Report(string value)
        {
            lock (sentences)
                sentences.Add(value);
        }
    }
}
