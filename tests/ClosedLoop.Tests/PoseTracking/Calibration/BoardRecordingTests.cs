using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking.Calibration;

/// <summary><c>calibrate</c> from a recording and from cameras that run, as a user runs it.</summary>
public sealed class BoardRecordingTests(FilmedBoard board, Xunit.Abstractions.ITestOutputHelper output) : IClassFixture<FilmedBoard>
{
    [Fact]
    public void A_recording_is_checked_against_its_own_calibration_or_another()
    {
        var recording = board.Record("check.mcap", board["true.yaml"]);
        var check = ProgramRunner.Run("calibrate", "--check", recording);
        Assert.True(check.ExitCode == 0, check.ToString());
        Assert.Contains("all cameras stand as they were calibrated", check.Output, StringComparison.Ordinal);

        var file = RigCalibrationFile.Load(board["true.yaml"]);
        // In another order than the recording's, and with one camera elsewhere.
        (file with { Rig = new([.. file.Rig.Cameras.Reverse().Select(camera => camera.Name == "cam2" ? PlantedRig.Moved(camera, 6, 0.5) : camera)]), Board = null }).Save(board["moved.yaml"]);
        check = ProgramRunner.Run("calibrate", "--check", recording, "--calibration", board["moved.yaml"], "--board", FilmedBoard.BoardText, "--json", board["check.json"]);
        Assert.True(check.ExitCode == 1, check.ToString());
        Assert.Contains("cam2 moved since the calibration", check.Output, StringComparison.Ordinal);
        using var facts = JsonDocument.Parse(File.ReadAllText(board["check.json"]));
        Assert.Equal("cam2", Assert.Single(facts.RootElement.GetProperty("drifted").EnumerateArray()).GetString());
    }

    [Fact]
    public void A_recording_calibrates_as_pictures_do()
    {
        var recording = board.Record("images.mcap", calibration: null);
        var result = ProgramRunner.Run("calibrate", "--images", recording, "--board", FilmedBoard.BoardText, "--out", board["rig.yaml"], "--accept", "--json", board["rig.json"]);
        Assert.True(result.ExitCode is 0 or 1, result.ToString());
        Judge(board["rig.yaml"]);
        using var facts = JsonDocument.Parse(File.ReadAllText(board["rig.json"]));
        Assert.Equal(FilmedBoard.Sets, facts.RootElement.GetProperty("sets").GetInt32());
    }

    [Fact]
    public void What_cannot_be_looked_at_is_refused_in_one_sentence()
    {
        var bare = board.Record("bare.mcap", calibration: null);
        Refused(2, ["calibrate", "--check", bare], $"the recording '{bare}' does not hold the calibration of its cameras (calibration.yaml among its files); name it with --calibration rig.yaml");
        var other = board.Record("other.mcap", board["true.yaml"], "cam1", "cam2", "side");
        Refused(2, ["calibrate", "--check", other], "holds nothing of the camera 'cam3'");
        Refused(2, ["calibrate", "--check", bare, "--calibration", board["true.yaml"], "--board", "charuco:7x5:45:34:DICT_6X6_250"], "the images do not show the board charuco:7x5:45:34:DICT_6X6_250: its markers are not of DICT_6X6_250");
        Refused(2, ["calibrate", "--check", board["nowhere.mcap"]], $"there is no file '{board["nowhere.mcap"]}'");
        Refused(2, ["calibrate", "--check", board["true.yaml"]], "names a file; name the folder that holds one video");
        Refused(2, ["calibrate", "--images", "a", "--live", "b"], "'calibrate' needs one of --images DIR and --live RIG.yaml (to calibrate) and --check DIR");
        Refused(2, ["calibrate", "--images", "a", "--seconds", "3"], "'--seconds' does not go with '--images'");
        string[] live = ["--board", FilmedBoard.BoardText, "--out", board["none.yaml"]];
        Refused(2, ["calibrate", "--live", "nowhere.yaml", .. live], "the rig file nowhere.yaml cannot be read: there is no such file");
        Refused(2, ["calibrate", "--live", board["true.yaml"], .. live, "--seconds", "0"], "--seconds 0 is no duration");
        File.WriteAllText(board["simulated.yaml"], "name: a\nkeypoints: {source: simulated}\nrecording: {folder: out}\n");
        Refused(2, ["calibrate", "--live", board["simulated.yaml"], .. live], "has no section 'cameras', and only cameras can be shown a board");
        Assert.False(File.Exists(board["none.yaml"]));
    }

    [Fact]
    public void Cameras_that_run_are_calibrated_from_what_they_see_of_the_board_and_one_that_stops_is_named()
    {
        var rig = board.Film("live", rateHz: 2, more: "  faults: [{camera: cam2, kind: stop, at_frame: 9, frames: 5}]");
        var result = ProgramRunner.Run("calibrate", "--live", rig, "--board", FilmedBoard.BoardText, "--out", board["live-calibration.yaml"], "--accept", "--json", board["live.json"]);
        output.WriteLine(result.ToString());
        Assert.True(result.ExitCode is 0 or 1, result.ToString());
        Assert.Contains("cam2 has stopped", result.Error, StringComparison.Ordinal);
        Assert.Matches(@"\d+ sets  cam1 \d+ \(\d+ %\)  cam2 \d+ \(\d+ %\)  cam3 \d+ \(\d+ %\)  ", result.Error);
        // NB: a busy machine looks at fewer sets; those that it takes are good ones all the same.
        using var facts = JsonDocument.Parse(File.ReadAllText(board["live.json"]));
        Assert.InRange(facts.RootElement.GetProperty("sets").GetInt32(), FilmedBoard.Sets / 3, FilmedBoard.Sets);
        Assert.InRange(facts.RootElement.GetProperty("rms_px").GetDouble(), 0.001, 0.5);
        Judge(board["live-calibration.yaml"], most: 3);
    }

    [Fact]
    public void Ctrl_C_ends_the_filming_and_what_was_filmed_is_calibrated_with()
    {
        var rig = board.Film("stopped", rateHz: 1.5);
        using var process = ProgramRunner.Start(
            null, ["calibrate", "--live", rig, "--board", FilmedBoard.BoardText, "--out", board["stopped-calibration.yaml"], "--accept"], out var written, out var error);
        Assert.True(SpinWait.SpinUntil(() => { Thread.Sleep(20); return System.Text.RegularExpressions.Regex.IsMatch(error(), @" s  ([6-9]|\d\d) sets") || process.HasExited; }, TimeSpan.FromSeconds(60)), error());
        Assert.False(process.HasExited, written() + error());
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(90)), "it did not stop");
        process.WaitForExit();
        // Enough was filmed to be calibrated with, or one sentence says of which camera too little was.
        Assert.True(File.Exists(board["stopped-calibration.yaml"]) || error().Contains("and at least 3 are needed", StringComparison.Ordinal) || error().Contains("shares too few views", StringComparison.Ordinal), written() + error());
        Assert.NotEqual(0, process.ExitCode);
        Assert.DoesNotContain("defect", error(), StringComparison.Ordinal);
    }

    [Fact]
    public void Time_that_is_over_ends_the_filming_and_a_board_that_nobody_saw_is_said_so()
    {
        var rig = board.Film("short", rateHz: 3);
        var result = ProgramRunner.Run("calibrate", "--live", rig, "--board", "charuco:7x5:45:34:DICT_6X6_250", "--out", board["never.yaml"], "--seconds", "2");
        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Contains("its markers are not of DICT_6X6_250; they show one of 7x5 squares with markers of DICT_5X5_50", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(board["never.yaml"]));
    }

    private void Judge(string path, double most = 1)
    {
        var (centreMm, degrees, focalShare) = board.Rig.ErrorsOf(RigCalibrationFile.Load(path).Rig);
        output.WriteLine($"centres {centreMm:F3} mm, rotations {degrees:F4} degrees, focal lengths {100 * focalShare:F3} %");
        Assert.True(centreMm < most && degrees < 0.1 * most && focalShare < 0.004 * most, $"centres {centreMm:F3} mm, rotations {degrees:F4} degrees, focal lengths {100 * focalShare:F3} %");
    }

    private static void Refused(int exitCode, string[] arguments, string sentence)
    {
        var result = ProgramRunner.Run(arguments);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.Contains(sentence, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
