using System.Text.Json;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking.Calibration;

/// <summary>Six simulated cameras with distortion and noise, from pictures to a calibration, by the command.</summary>
public sealed class CharucoSessionTests(RenderedSession session, Xunit.Abstractions.ITestOutputHelper output) : IClassFixture<RenderedSession>
{
    [Fact]
    public void The_command_recovers_the_planted_rig_from_pictures()
    {
        var (rig, json) = (session.File("rig.yaml"), session.File("calibrate.json"));
        var result = ProgramRunner.Run("calibrate", "--images", session.Images, "--board", RenderedSession.BoardText, "--out", rig, "--json", json);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("gate: passed", result.Output, StringComparison.Ordinal);
        Assert.Contains("arena's frame: the camera 'cam1'", result.Output, StringComparison.Ordinal);

        var file = RigCalibrationFile.Load(rig);
        var (centreMm, degrees, focalShare) = session.Rig.ErrorsOf(file.Rig);
        output.WriteLine($"centres {centreMm:F3} mm, rotations {degrees:F4} degrees, focal lengths {100 * focalShare:F3} %");
        Assert.True(centreMm < 0.5 && degrees < 0.05 && focalShare < 0.002, $"centres {centreMm:F3} mm, rotations {degrees:F4} degrees, focal lengths {100 * focalShare:F3} %");

        using var document = JsonDocument.Parse(File.ReadAllText(json));
        var facts = document.RootElement;
        Assert.Equal(RenderedSession.Cameras, facts.GetProperty("cameras").GetArrayLength());
        Assert.InRange(facts.GetProperty("rms_px").GetDouble(), 0.001, 0.3);
        Assert.True(facts.GetProperty("seconds").GetDouble() > 0);
        foreach (var camera in facts.GetProperty("cameras").EnumerateArray())
        {
            Assert.StartsWith("cam", camera.GetProperty("name").GetString(), StringComparison.Ordinal);
            Assert.InRange(camera.GetProperty("rms_px").GetDouble(), 0.001, 0.3);
            Assert.InRange(camera.GetProperty("views").GetInt32(), 8, RenderedSession.Sets);
            Assert.InRange(camera.GetProperty("coverage").GetDouble(), 0.3, 1);
        }
        Assert.Equal(file.RmsPx!.Value, facts.GetProperty("rms_px").GetDouble(), 1e-12);

        foreach (var picture in new[] { "rig-coverage.png", "rig-cameras.png" })
            Assert.True(new FileInfo(session.File(picture)).Length > 10_000, picture);

        // The same pictures once more: nothing has moved; and with one camera elsewhere in the file: that one has.
        var check = ProgramRunner.Run("calibrate", "--check", session.Images, "--calibration", rig, "--every", "2");
        Assert.True(check.ExitCode == 0, check.ToString());
        Assert.Contains("all cameras stand as they were calibrated", check.Output, StringComparison.Ordinal);

        var moved = session.File("moved.yaml");
        (file with { Rig = new([.. file.Rig.Cameras.Select(camera => camera.Name == "cam3" ? PlantedRig.Moved(camera, 4, 0.3) : camera)]) }).Save(moved);
        check = ProgramRunner.Run("calibrate", "--check", session.Images, "--calibration", moved, "--every", "2", "--json", json);
        Assert.True(check.ExitCode == 1, check.ToString());
        Assert.Contains("cam3 moved since the calibration", check.Output, StringComparison.Ordinal);
        using var drift = JsonDocument.Parse(File.ReadAllText(json));
        Assert.Equal("cam3", Assert.Single(drift.RootElement.GetProperty("drifted").EnumerateArray()).GetString());
    }

    [Fact]
    public void A_board_on_the_floor_makes_the_arenas_frame()
    {
        var observations = ObservationReader.Read(ImageSequence.OpenAll(session.Images), session.Rig.Board);
        var result = RigCalibrator.Calibrate(observations, new() { FloorSet = 0 });
        var (centreMm, degrees, focalShare) = session.Rig.ErrorsOf(result.File.Rig, session.Rig.Boards[0], RigidMotion.Identity);
        output.WriteLine($"centres {centreMm:F3} mm, rotations {degrees:F4} degrees, focal lengths {100 * focalShare:F3} %");
        Assert.True(centreMm < 0.5 && degrees < 0.05 && focalShare < 0.002, $"centres {centreMm:F3} mm, rotations {degrees:F4} degrees, focal lengths {100 * focalShare:F3} %");
        Assert.All(result.File.Rig.Cameras, camera => Assert.InRange(camera.CentreM.Z, 0.41, 0.61));
        Assert.StartsWith("the board of set 0", result.File.WorldFrame, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("charuco:7x5:45:34:DICT_6X6_250", "its markers are not of DICT_6X6_250; they show one of 7x5 squares with markers of DICT_5X5_50")]
    [InlineData("charuco:5x7:45:34:DICT_5X5_100", "they show one of 7x5 squares with markers of DICT_5X5_50")]
    [InlineData("charuco:7x3:45:34:DICT_5X5_100", "they show one with more rows, one of 7x5 squares")]
    [InlineData("charuco:7x5:45:22.5:DICT_5X5_100", "of its squares' sides, and 22.5 mm in 45 mm would be 0.50")]
    [InlineData("chessboard:9x6:25", "they show a ChArUco board, one of 7x5 squares")]
    public void Another_board_than_the_one_filmed_is_named(string board, string expected)
    {
        var error = Assert.Throws<ClosedLoopException>(() => Read(session.Copy(1, 13), board));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains($"the images do not show the board {board}", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_board_with_fewer_rows_than_said_is_told_by_what_was_never_seen()
    {
        var error = Assert.Throws<ClosedLoopException>(() => Read(session.Copy(3, 13), "charuco:7x7:45:34:DICT_5X5_100"));
        Assert.Contains("no camera ever saw more of it than 7x5 squares", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mirrored_images_are_named_by_camera()
    {
        var folder = session.Copy(3, 13);
        for (var s = 0; s < 13; s++)
        {
            var path = Path.Combine(folder, "cam2", RenderedSession.Picture(s));
            var image = ImageSequence.OpenAll(folder)[1].ReadPicture(s);
            for (var row = 0; row < image.Height; row++)
                image.Pixels.AsSpan(row * image.Width, image.Width).Reverse();
            GreyPicture.Save(path, image.Pixels, image.Width, image.Height);
        }
        var error = Assert.Throws<ClosedLoopException>(() => Read(folder, RenderedSession.BoardText));
        Assert.Contains("the images of the camera 'cam2' are mirrored", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_images_in_two_cameras_are_one_camera()
    {
        var folder = session.Copy(2, 4);
        Directory.CreateDirectory(Path.Combine(folder, "copy"));
        foreach (var file in Directory.GetFiles(Path.Combine(folder, "cam1")))
            File.Copy(file, Path.Combine(folder, "copy", Path.GetFileName(file)));
        var error = Assert.Throws<ClosedLoopException>(() => Read(folder, RenderedSession.BoardText));
        Assert.Contains("the cameras 'cam1' and 'copy' have exactly the same images", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Different_numbers_of_images_are_counted_out()
    {
        var folder = session.Copy(2, 4);
        File.Delete(Path.Combine(folder, "cam2", RenderedSession.Picture(1)));
        var result = ProgramRunner.Run("calibrate", "--images", folder, "--board", RenderedSession.BoardText, "--out", session.File("none.yaml"));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("the cameras have different numbers of images (cam1 4, cam2 3)", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(session.File("none.yaml")));
    }

    [Fact]
    public void An_unreadable_image_is_named()
    {
        var folder = session.Copy(2, 4);
        File.WriteAllText(Path.Combine(folder, "cam2", RenderedSession.Picture(1)), "not a picture");
        var result = ProgramRunner.Run("calibrate", "--images", folder, "--board", RenderedSession.BoardText, "--out", session.File("none.yaml"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("image1.pgm of the camera 'cam2' cannot be read", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_camera_that_hardly_saw_the_board_is_named_with_its_count()
    {
        var folder = session.Copy(2, 13);
        for (var s = 0; s < 12; s++)
            GreyPicture.Save(Path.Combine(folder, "cam2", RenderedSession.Picture(s)), Enumerable.Repeat((byte)100, PlantedRig.Width * PlantedRig.Height).ToArray(), PlantedRig.Width, PlantedRig.Height);
        var error = Assert.Throws<ClosedLoopException>(() => Read(folder, RenderedSession.BoardText));
        Assert.Matches("was found in only [01] of 13 images of the camera 'cam2', and at least 3 are needed", error.Message);
    }

    [Fact]
    public void Pictures_that_lie_in_one_heap_are_explained()
    {
        var error = Assert.Throws<ClosedLoopException>(() => ImageSequence.OpenAll(Path.Combine(session.Images, "cam1")));
        Assert.Contains("move each camera's pictures into a folder with the camera's name", error.Message, StringComparison.Ordinal);
    }

    private static BoardObservations Read(string folder, string board) => ObservationReader.Read(ImageSequence.OpenAll(folder), BoardDescription.Parse(board));
}
