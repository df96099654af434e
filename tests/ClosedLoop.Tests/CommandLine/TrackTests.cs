using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ClosedLoop.Acquisition;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Tests.PoseTracking;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.CommandLine;

/// <summary><c>track</c> from pictures of dots to a keypoint file: the whole way, against where the dots were drawn.</summary>
public sealed class TrackTests
{
    private const int Frames = 12;

    [Theory]
    [InlineData("dots-per-view", ".csv", 0.25)]
    [InlineData("dots-per-view", ".nwb", 0.25)]
    [InlineData("dots-per-view", ".mcap", 0.25)]
    [InlineData("dots-volumetric", ".mat", 1)]
    public void Dots_are_tracked_from_pictures_to_a_file(string model, string ending, double medianMm)
    {
        using var folder = new TemporaryFolder();
        DotScene.Write(folder[""], Frames);
        var (output, json, overlay) = (folder["keypoints" + ending], folder["facts.json"], folder["overlay.mp4"]);
        var result = ProgramRunner.Run(
            "track", "--videos", folder["videos"], "--calibration", folder["calibration.yaml"], "--model", DotScene.Model(model), "--rate-hz", "50",
            "--out", output, "--truth", folder["truth.csv"], "--overlay", overlay, "--device", "cpu", "--json", json);
        Assert.True(result.ExitCode == 0, result.Error + result.Output);

        using var facts = JsonDocument.Parse(File.ReadAllText(json));
        var root = facts.RootElement;
        Assert.Equal((Frames, 0, "cpu"), (root.GetProperty("sets").GetInt32(), root.GetProperty("incomplete_sets").GetInt32(), root.GetProperty("device").GetString()));
        Assert.InRange(root.GetProperty("median_error_mm").GetDouble(), 0, medianMm);
        Assert.InRange(root.GetProperty("p95_error_mm").GetDouble(), 0, 3 * medianMm);
        Assert.True(root.GetProperty("sets_per_s").GetDouble() > 0);
        Assert.Equal(6, root.GetProperty("per_keypoint").GetArrayLength());
        if (model == "dots-per-view")
            Assert.InRange(root.GetProperty("median_reprojection_px").GetDouble(), 0, 0.3);

        using var file = KeypointFile.Open(output, new() { Layout = ending == ".mat" ? DotScene.Layout : null, Units = LengthUnit.Auto, RateHz = 50 });
        Assert.Equal((Frames, 6), (file.FrameCount, file.Layout.Count));
        var last = new ClosedLoop.Core.Keypoints(file.Layout);
        file.Frame(Frames - 1, last);
        var truth = DotScene.Positions(Frames - 1);
        for (var i = 0; i < 18; i++)
            Assert.Equal(truth[i], last.Positions[i], 0.003);

        using var video = VideoFile.Open(overlay);
        Assert.Equal((960, 480), (video.WidthPx, video.HeightPx));
        var frames = 0;
        var pixels = new byte[960 * 480 * 3];
        while (video.TryRead(pixels, 3))
            frames++;
        Assert.Equal(Frames, frames);
    }

    [Fact]
    public void A_camera_without_video_or_with_a_short_one_is_left_out_and_told_of()
    {
        using var folder = new TemporaryFolder();
        DotScene.Write(folder[""], Frames);
        Directory.Delete(folder["videos/cam2"], recursive: true);
        foreach (var file in Directory.GetFiles(folder["videos/cam5"]).Order().Skip(7))
            File.Delete(file);
        var result = ProgramRunner.Run(
            "track", "--videos", folder["videos"], "--calibration", folder["calibration.yaml"], "--model", DotScene.Model("dots-per-view"), "--rate-hz", "50",
            "--out", folder["keypoints.csv"], "--truth", folder["truth.csv"], "--json", folder["facts.json"], "--filter");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("no video of cam2", result.Output, StringComparison.Ordinal);
        using var facts = JsonDocument.Parse(File.ReadAllText(folder["facts.json"]));
        Assert.Equal((Frames, 5), (facts.RootElement.GetProperty("sets").GetInt32(), facts.RootElement.GetProperty("incomplete_sets").GetInt32()));
        Assert.InRange(facts.RootElement.GetProperty("filter_delay_ms").GetDouble(), 10, 40);
        Assert.Equal(1, facts.RootElement.GetProperty("found").GetDouble());
    }

    [Theory]
    [InlineData("--videos", "nowhere", "nowhere")]
    [InlineData("--model", "nowhere", "nowhere")]
    [InlineData("--calibration", "nowhere.yaml", "nowhere.yaml")]
    [InlineData("--out", "keypoints.txt", ".mat is written as DANNCE does")]
    [InlineData("--device", "gpu", "there is no device 'gpu'")]
    [InlineData("--truth", "nowhere.csv", "nowhere.csv")]
    public void What_cannot_be_is_refused_in_one_sentence(string option, string value, string sentence)
    {
        using var folder = new TemporaryFolder();
        DotScene.Write(folder[""], 1);
        var arguments = new Dictionary<string, string>
        {
            ["--videos"] = folder["videos"],
            ["--calibration"] = folder["calibration.yaml"],
            ["--model"] = DotScene.Model("dots-per-view"),
            ["--out"] = folder["keypoints.csv"],
            ["--device"] = "cpu",
            ["--rate-hz"] = "50",
            [option] = value,
        };
        var result = ProgramRunner.Run(TimeSpan.FromMinutes(2), folder[""], ["track", .. arguments.SelectMany(pair => new[] { pair.Key, pair.Value })]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(sentence, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["keypoints.csv"]));
    }

    [Fact]
    public void Videos_or_a_recording_are_needed_and_not_both()
    {
        using var folder = new TemporaryFolder();
        var outputs = new[] { "--out", folder["keypoints.csv"] };
        foreach (var (arguments, sentence) in new (string[], string)[]
        {
            ([], "'track' needs either --videos DIR (with --calibration) or --recording FILE.mcap"),
            (["--videos", "a", "--recording", "b.mcap"], "'track' needs either --videos DIR (with --calibration) or --recording FILE.mcap"),
            (["--videos", "a"], "'--videos' needs --calibration rig.yaml as well"),
            (["--recording", folder["nowhere.mcap"]], $"there is no file '{folder["nowhere.mcap"]}'"),
            (["--recording", "b.mcap", "--rate-hz", "50"], "--rate-hz is for videos; the recording 'b.mcap' says itself how fast its cameras ran"),
        })
        {
            var result = ProgramRunner.Run(["track", .. outputs, .. arguments]);
            Assert.True(result.ExitCode == 2, result.ToString());
            Assert.Contains(sentence, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetFiles(folder[""]));
    }

    [Fact]
    public void Pictures_of_another_size_than_the_calibration_are_refused()
    {
        using var folder = new TemporaryFolder();
        DotScene.Write(folder[""], 1);
        new RigCalibrationFile { Rig = PlantedRig.Create(6, 640, 480) }.Save(folder["other.yaml"]);
        var result = ProgramRunner.Run(
            "track", "--videos", folder["videos"], "--calibration", folder["other.yaml"], "--model", DotScene.Model("dots-per-view"), "--rate-hz", "50", "--out", folder["a.csv"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("'cam1' was calibrated at 640 x 480 pixels and its images have 320 x 240", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Interrupted_it_keeps_what_it_has()
    {
        using var folder = new TemporaryFolder();
        var rig = DotScene.Write(folder[""], 1);
        // Many pictures of one: links, so that there is work for a while.
        foreach (var camera in rig.Cameras)
            for (var f = 1; f < 6_000; f++)
                File.CreateSymbolicLink(folder[$"videos/{camera.Name}/{f:0000}.png"], folder[$"videos/{camera.Name}/0000.png"]);
        using var process = ProgramRunner.Start(
            null,
            ["track", "--videos", folder["videos"], "--calibration", folder["calibration.yaml"], "--model", DotScene.Model("dots-per-view"), "--rate-hz", "50", "--out", folder["keypoints.csv"], "--device", "cpu"],
            out _, out var error);
        Assert.True(SpinWait.SpinUntil(() => { Thread.Sleep(20); return error().Contains(" sets, ", StringComparison.Ordinal) || process.HasExited; }, TimeSpan.FromSeconds(60)), error());
        Assert.False(process.HasExited, error());
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), "it did not stop");
        Assert.Equal(130, process.ExitCode);
        using var file = KeypointFile.Open(folder["keypoints.csv"], new() { Layout = null });
        Assert.InRange(file.FrameCount, 1, 5_999);
    }
}
