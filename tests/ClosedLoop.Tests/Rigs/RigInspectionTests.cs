using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Rigs;
using ClosedLoop.Tests.PoseTracking;

namespace ClosedLoop.Tests.Rigs;

public sealed class RigInspectionTests : IDisposable
{
    private readonly RigFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_rig_in_order_has_no_problem_and_says_what_it_found()
    {
        using var inspection = _folder.Look(RigFolder.Simulated, seconds: 90);
        Assert.Empty(inspection.Problems);
        Assert.Equal(["keypoints", "animal", "body", "control", "recording"], inspection.Findings.Select(finding => finding.Part));
        Assert.Equal(90, inspection.PlannedS);
        Assert.Equal(90, inspection.Configuration!.Keypoints!.Seconds);
        Assert.NotNull(inspection.Setup);
        Assert.InRange(inspection.Room!.Minutes, 1, double.MaxValue);
        Assert.Contains("room for", inspection.Findings[^1].Found);
        Assert.False(Directory.Exists(_folder["recordings"]), "a check leaves nothing behind");
        Assert.Equal(["rat.yaml", "rig.yaml"], Directory.GetFiles(Path.GetDirectoryName(_folder["rig.yaml"])!).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void The_shipped_rigs_are_in_order()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "ClosedLoop.sln")))
            root = root.Parent!;
        var rigs = Directory.GetFiles(Path.Combine(root.FullName, "hardware", "rigs"), "*.yaml");
        Assert.NotEmpty(rigs);
        foreach (var rig in rigs)
        {
            using var inspection = new RigInspection(rig, new(), seconds: null, records: true);
            Assert.True(inspection.Problems.Count == 0, $"{rig}: {string.Join('\n', inspection.Problems)}");
        }
    }

    [Fact]
    public void A_resolved_configuration_reads_back_as_it_was()
    {
        _folder.WriteClip("clip.csv");
        var path = _folder.Write("""
            name: all-keys
            keypoints: {source: file, path: clip.csv, rate: 0.5, rate_hz: 50, units: m, allow_missing: true, seconds: 1.5}
            animal: rat.yaml
            body: {mjcf: "my \"own\" rat.xml", attachment: rat-points.yaml}
            control: {grace_ms: 2.5, leave_limit_mm: 123.4, fall_limit_deg: 45, reference_mode: predict, forecaster: hold}
            registration: {minimum_confidence: 0.3, minimum_keypoints: 9, maximum_speed_m_per_s: 2.5, bad_fit_mm: 11.1, outlier_mm: 22.2, swap_gain_mm: 7, extrapolated_ticks: 5}
            recording: {folder: ../elsewhere, name: one, minimum_free_gb: 2.5}
            """);
        var problems = new List<string>();
        var rig = RigFileReader.Read(path, problems)!;
        Assert.Empty(problems);
        Assert.Equal(_folder["clip.csv"], rig.Keypoints!.Path);
        Assert.Equal(0.0111, rig.Registration.BadFitM);
        Assert.Equal(0.1234, rig.ToSession(50, "").Rodent.LeaveLimitM, 12);
        Assert.Equal(0.0025, rig.ToSession(50, "").GraceS);

        var elsewhere = Directory.CreateTempSubdirectory();
        try
        {
            var resolved = Path.Combine(elsewhere.FullName, "resolved.yaml");
            File.WriteAllText(resolved, rig.ToYaml());
            Assert.Equal(rig, RigFileReader.Read(resolved, problems));
            Assert.Empty(problems);
        }
        finally
        {
            elsewhere.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_configuration_without_options_is_what_a_session_has_by_default()
    {
        var problems = new List<string>();
        var rig = RigFileReader.Read(_folder.Write("name: a\nkeypoints: {source: simulated}\nrecording: {folder: .}\n"), problems)!;
        Assert.Empty(problems);
        Assert.Equal(new() { RateHz = 50, Source = "x", Seed = 1 }, rig.ToSession(50, "x"));
    }

    [Theory]
    [InlineData("", "the key 'cameras' is missing in a rig file")]
    [InlineData("cameras: {calibration: c.yaml}", "the key 'videos' is missing in 'cameras'")]
    [InlineData("cameras: {videos: v}", "the key 'calibration' is missing in 'cameras'")]
    [InlineData("cameras: {videos: v, devices: [], calibration: c.yaml}", "'devices' must not stand beside 'videos'")]
    [InlineData("cameras: {videos: v, calibration: c.yaml, device: gpu}", "'device' must be auto, cpu, cuda or tensorrt, not 'gpu'")]
    [InlineData("cameras: {videos: v, calibration: c.yaml, modle: fast}", "there is no key 'modle' (did you mean 'model'?) in 'cameras'")]
    [InlineData("cameras: {videos: v, calibration: c.yaml}", "c.yaml")]
    public void What_is_wrong_with_cameras_is_told_and_never_as_if_they_were_missing(string cameras, string sentence)
    {
        using var inspection = _folder.Look(RigFolder.Simulated.Replace("source: simulated\n  seed: 3", "source: cameras", StringComparison.Ordinal) + "\n" + cameras);
        Assert.Contains(inspection.Problems, problem => problem.Contains(sentence, StringComparison.Ordinal));
        Assert.Equal(cameras.Length == 0, inspection.Problems.Any(problem => problem.Contains("'cameras' is missing", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("  seed: 3", "  sede: 3", "line 4, column 3: there is no key 'sede' (did you mean 'seed'?) in 'keypoints'")]
    [InlineData("  seed: 3", "  rate: 1", "there is no key 'rate'")]
    [InlineData("  seed: 3", "  seed: 3.5", "line 4, column 3: 'seed' must be a whole number, not '3.5'")]
    [InlineData("  seed: 3", "  seconds: 0", "line 4, column 3: 'seconds' must lie between 0.1 and 1000000, not '0'")]
    [InlineData("  seed: 3", "  seed: 3\n  seed: 4", "line 5, column 3: the key 'seed' stands there twice")]
    [InlineData("simulated", "radar", "line 3, column 3: 'source' must be simulated, file or cameras, not 'radar'")]
    [InlineData("name: testing", "name: ../testing", "line 1, column 1: 'name' must be letters, digits")]
    [InlineData("name: testing\n", "", "the key 'name' is missing in a rig file")]
    [InlineData("  folder: recordings\n", "", "line 7: the key 'folder' is missing in 'recording'")]
    [InlineData("animal: rat.yaml", "animal: cat.yaml", "cat.yaml cannot be read: there is no such file; 'register' makes one")]
    [InlineData("animal: rat.yaml", "animal: rig.yaml", "rig.yaml, line 2, column 1: there is no key 'keypoints'")]
    [InlineData("animal: rat.yaml", "body: {mjcf: a.xml, attachment: b.yaml}", "a.xml cannot be read: there is no such file")]
    [InlineData("animal: rat.yaml", "body: {mjcf: a.xml}", "the key 'attachment' is missing in 'body'")]
    [InlineData("animal: rat.yaml", "control: {grace_ms: 10}", "'grace_ms' in 'control' must be less than half a control period, here 10 ms (50 Hz), not 10")]
    [InlineData("animal: rat.yaml", "registration: {minimum_confidence: 1.1}", "'minimum_confidence' must lie between 0 and 1, not '1.1'")]
    [InlineData("folder: recordings", "folder: rat.yaml/recordings", "cannot be written to")]
    [InlineData("folder: recordings", "folder: .\n  name: taken", "taken.mcap is there already and is not overwritten")]
    [InlineData("minimum_free_gb: 0.1", "minimum_free_gb: 100000", "has room for 0.0 min of recording")]
    public void A_problem_is_one_sentence_and_exit_code_2(string old, string broken, string sentence)
    {
        File.WriteAllText(_folder["taken.mcap"], "");
        Assert.Contains(old, RigFolder.Simulated, StringComparison.Ordinal);
        using var inspection = _folder.Look(RigFolder.Simulated.Replace(old, broken, StringComparison.Ordinal));
        Assert.Contains(sentence, Assert.Single(inspection.Problems), StringComparison.Ordinal);
        Assert.Equal(2, Assert.Throws<ClosedLoopException>(inspection.ThrowIfProblems).ExitCode);
    }

    [Fact]
    public void A_session_longer_than_its_disk_has_room_is_refused_with_both_times()
    {
        using var inspection = _folder.Look(RigFolder.Simulated, seconds: 1e12);
        var problem = Assert.Single(inspection.Problems);
        Assert.Contains("has room for", problem, StringComparison.Ordinal);
        Assert.Contains("are planned; make room, record elsewhere, or plan less", problem, StringComparison.Ordinal);
        using var unrecorded = _folder.Look(RigFolder.Simulated, seconds: 1e12, records: false);
        Assert.Empty(unrecorded.Problems);
    }

    [Fact]
    public void An_animal_of_another_body_is_refused()
    {
        PlantedAnimal.Instance.TrueAnimal.Save(_folder["rat.yaml"]);
        using var inspection = _folder.Look(RigFolder.Simulated);
        Assert.Contains("was fitted with the body", Assert.Single(inspection.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_keypoint_file_is_read_beforehand_and_needs_an_animal()
    {
        const string Rig = "name: a\nkeypoints: {source: file, path: clip.csv}\nrecording: {folder: ., minimum_free_gb: 0.1}\n";
        _folder.WriteClip("clip.csv", (keypoints, t) => keypoints.Positions[5] = t == 20 ? double.NaN : keypoints.Positions[5]);
        using var incomplete = _folder.Look(Rig);
        Assert.Equal(2, incomplete.Problems.Count(problem => problem.Contains("EarL in frame 20", StringComparison.Ordinal) || problem.Contains("the key 'animal' is missing", StringComparison.Ordinal)));
        Assert.Equal(2, incomplete.Problems.Count);
        using var allowed = _folder.Look(Rig.Replace("clip.csv", "clip.csv, allow_missing: true", StringComparison.Ordinal) + "animal: rat.yaml\n");
        Assert.Empty(allowed.Problems);
        Assert.Equal(2, allowed.PlannedS);
    }

    [Fact]
    public void All_problems_are_listed()
    {
        using var inspection = _folder.Look("""
            name: many
            keypoints: {source: simulated, sed: 1}
            animal: nowhere.yaml
            control: {grace_ms: 800, leave_limit_mm: far}
            recrding: {folder: .}
            """);
        string[] expected =
        [
            "line 5, column 1: there is no key 'recrding' (did you mean 'recording'?)", "line 2, column 32: there is no key 'sed'",
            "line 4, column 11: 'grace_ms' must lie between 0 and 500", "line 4, column 26: 'leave_limit_mm' must be a number, not 'far'",
            "the key 'recording' is missing", "nowhere.yaml cannot be read",
        ];
        Assert.Equal(expected.Length, inspection.Problems.Count);
        foreach (var sentence in expected)
            Assert.Single(inspection.Problems, problem => problem.Contains(sentence, StringComparison.Ordinal));
        var error = Assert.Throws<ClosedLoopException>(inspection.ThrowIfProblems);
        Assert.All(inspection.Problems, problem => Assert.Contains(problem, error.Message, StringComparison.Ordinal));
    }
}
