using ClosedLoop.Core;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking.Calibration;

/// <summary>Calibration of planted rigs from exact corners with noise: what it recovers, and what it refuses and why.</summary>
public sealed class RigCalibratorTests
{
    private const double NoisePx = 0.05;

    private static readonly BoardDescription Charuco = BoardDescription.Parse("charuco:7x5:45:34:DICT_5X5_100");
    private static readonly BoardDescription Chessboard = BoardDescription.Parse("chessboard:7x4:45");

    [Fact]
    public void A_planted_rig_is_recovered_and_judged_by_its_noise()
    {
        var planted = new PlantedRig(6, 40, Charuco, seed: 11);
        var result = RigCalibrator.Calibrate(planted.Observe(NoisePx, seed: 1));
        var (centreMm, degrees, focalShare) = planted.ErrorsOf(result.File.Rig);
        Assert.True(centreMm < 0.5 && degrees < 0.05 && focalShare < 0.002, $"centres {centreMm:F3} mm, rotations {degrees:F4} degrees, focal lengths {100 * focalShare:F3} %");
        // Both coordinates have the noise, so that distances have it times the root of two.
        Assert.InRange(result.RmsPx, 0.9 * NoisePx * Math.Sqrt(2), 1.05 * NoisePx * Math.Sqrt(2));
        Assert.Equal(15, result.Pairs.Count);
        Assert.All(result.Pairs.Where(pair => pair.SharedCorners > 100), pair => Assert.InRange(pair.EpipolarRmsPx, NoisePx, 2 * NoisePx));
        Assert.True(result.Passed, string.Join("; ", result.Faults));
    }

    [Fact]
    public void Wrong_corners_in_some_views_pull_at_nothing()
    {
        var planted = new PlantedRig(4, 40, Charuco, seed: 12);
        var observations = planted.Observe(NoisePx, seed: 2);
        foreach (var view in observations.Views.SelectMany(camera => camera).OfType<BoardView>().Where((_, i) => i % 9 == 0))
            view.Pixels[0] += 12;
        var result = RigCalibrator.Calibrate(observations);
        var (centreMm, degrees, focalShare) = planted.ErrorsOf(result.File.Rig);
        Assert.True(centreMm < 0.8 && degrees < 0.08 && focalShare < 0.003, $"centres {centreMm:F3} mm, rotations {degrees:F4} degrees, focal lengths {100 * focalShare:F3} %");
    }

    [Fact]
    public void A_camera_that_moved_is_named_with_the_set_and_the_distance()
    {
        var planted = new PlantedRig(4, 32, Charuco, seed: 13);
        var moved = PlantedRig.Moved(planted.Cameras[2], 8, 0.4);
        var observations = planted.Observe(NoisePx, seed: 3, (c, s) => c == 2 && s >= 14 ? moved : planted.Cameras[c]);
        var error = Assert.Throws<ClosedLoopException>(() => RigCalibrator.Calibrate(observations));
        Assert.Equal(1, error.ExitCode);
        var first = FirstShared(observations, 2, 14);
        Assert.Contains($"the camera 'cam3' moved during the recording, before set {first} (image{first}.png)", error.Message, StringComparison.Ordinal);
        Assert.Matches(@"by [78]\.\d mm and 0\.\d\d degrees", error.Message);
    }

    [Fact]
    public void Of_two_cameras_either_may_have_moved()
    {
        var planted = new PlantedRig(2, 32, Charuco, seed: 14);
        var moved = PlantedRig.Moved(planted.Cameras[1], 8, 0.4);
        var observations = planted.Observe(NoisePx, seed: 4, (c, s) => c == 1 && s >= 16 ? moved : planted.Cameras[c]);
        var error = Assert.Throws<ClosedLoopException>(() => RigCalibrator.Calibrate(observations));
        Assert.Matches($"'cam[12]' or 'cam[12]' moved \\(with two cameras it cannot be told which\\) during the recording, before set {FirstShared(observations, 1, 16)} ", error.Message);
    }

    /// <summary>The first set from one on that a camera sees together with another: before it nobody can know.</summary>
    private static int FirstShared(BoardObservations observations, int camera, int from) => Enumerable.Range(from, observations.SetNames.Count - from).First(s =>
        observations.Views[camera][s] is not null && observations.Views.Where((views, c) => c != camera && views[s] is not null).Any());

    [Fact]
    public void Images_that_are_late_are_named_with_how_many()
    {
        var planted = new PlantedRig(4, 32, Charuco, seed: 15);
        var observations = planted.Observe(NoisePx, seed: 5);
        var views = observations.Views.Select(of => of.ToArray()).ToArray();
        views[1] = [null, null, .. views[1][..^2]];
        var error = Assert.Throws<ClosedLoopException>(() => RigCalibrator.Calibrate(observations.With(views)));
        Assert.Contains("the images of the camera 'cam2' are 2 late against the others", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mirrored_camera_is_named_though_a_chessboard_has_no_letters()
    {
        var planted = new PlantedRig(4, 32, Chessboard, seed: 16);
        var observations = planted.Observe(NoisePx, seed: 6);
        var views = observations.Views.Select(of => of.ToArray()).ToArray();
        // What a detector makes of a mirrored image: columns from the other side, and rows numbered from the other end.
        views[3] = [.. views[3].Select(view => view is null ? null : new BoardView(
            [.. view.Corners.Select(corner => ((Chessboard.InnerRows - 1 - (corner / 7)) * 7) + (corner % 7))],
            [.. view.Pixels.Select((value, i) => i % 2 == 0 ? PlantedRig.Width - 1 - value : value)]))];
        var error = Assert.Throws<ClosedLoopException>(() => RigCalibrator.Calibrate(observations.With(views)));
        Assert.Contains("the images of the camera 'cam4' are mirrored", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_shared_views_are_counted_by_pair()
    {
        var planted = new PlantedRig(3, 24, Charuco, seed: 17);
        var observations = planted.Observe(NoisePx, seed: 7);
        // The third camera sees the board alone but for two sets.
        var views = observations.Views.Select((of, c) => of.Select((view, s) => s < 12 == c < 2 || (c == 2 && s is 4 or 5) ? view : null).ToArray()).ToArray();
        var error = Assert.Throws<ClosedLoopException>(() => RigCalibrator.Calibrate(observations.With(views)));
        Assert.Matches("the camera 'cam3' shares too few views of the board .*: [0-2] with cam1, [0-2] with cam2, and 3 with at least one of them are needed", error.Message);
    }

    [Fact]
    public void Two_cameras_at_one_place_are_one()
    {
        var planted = new PlantedRig(3, 28, Charuco, seed: 18);
        planted = new PlantedRig(3, 28, Charuco, seed: 18) { Cameras = [planted.Cameras[0], planted.Cameras[1], planted.Cameras[0] with { Name = "twin" }] };
        // NB: two readings of one camera, each with noise of its own: the images differ, the camera does not.
        var error = Assert.Throws<ClosedLoopException>(() => RigCalibrator.Calibrate(planted.Observe(0.3, seed: 8)));
        Assert.Contains("the cameras 'cam1' and 'twin' stand at the same place", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chessboard_that_looks_the_same_turned_is_refused_for_more_than_one_camera()
    {
        var planted = new PlantedRig(2, 10, BoardDescription.Parse("chessboard:8x6:24"), seed: 19);
        var error = Assert.Throws<ClosedLoopException>(() => RigCalibrator.Calibrate(planted.Observe(NoisePx, seed: 9)));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains("looks the same when it is turned by half a turn", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_floor_set_without_the_board_is_refused()
    {
        var planted = new PlantedRig(2, 10, Charuco, seed: 20);
        var observations = planted.Observe(NoisePx, seed: 10);
        var error = Assert.Throws<ClosedLoopException>(() => RigCalibrator.Calibrate(observations, new() { FloorSet = 10 }));
        Assert.Contains("'--floor-view 10' names no set: there are 10, counted from 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_gate_says_what_is_not_good_enough()
    {
        var planted = new PlantedRig(3, 9, Charuco, seed: 21);
        var result = RigCalibrator.Calibrate(planted.Observe(1.2, seed: 11));
        Assert.False(result.Passed);
        Assert.Contains(result.Faults, fault => fault.StartsWith("cam1: corners miss by 1.", StringComparison.Ordinal));
        Assert.Equal(
            result.Cameras.Count(camera => camera.Views < 8), result.Faults.Count(fault => fault.Contains("views of the board, and 8 are needed", StringComparison.Ordinal)));
        Assert.Contains(result.Cameras, camera => camera.Views < 8);
    }

    [Theory]
    [InlineData(6, 0.25)]
    [InlineData(0, 0.3)]
    [InlineData(6, 0)]
    public void A_camera_that_has_drifted_since_is_found_and_measured(double mm, double degrees)
    {
        var planted = new PlantedRig(5, 16, Charuco, seed: 22);
        var calibration = new RigCalibrationFile { Rig = new(planted.Cameras) };
        Assert.DoesNotContain(DriftCheck.Check(planted.Observe(NoisePx, seed: 12), calibration), report => report.Drifted);

        var now = planted.Cameras.ToArray();
        now[3] = PlantedRig.Moved(now[3], mm, degrees);
        var reports = DriftCheck.Check(planted.Observe(NoisePx, seed: 13, (c, _) => now[c]), calibration);
        var drifted = Assert.Single(reports, report => report.Drifted);
        Assert.Equal("cam4", drifted.Name);
        Assert.Equal(mm, drifted.MovedMm, 0.5);
        Assert.Equal(degrees, drifted.TurnedDegrees, 0.05);
    }
}
