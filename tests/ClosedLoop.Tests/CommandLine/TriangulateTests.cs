using System.Text.Json;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Simulation;
using ClosedLoop.Tests.PoseTracking;
using ClosedLoop.Tests.Recording;
using ClosedLoop.Tests.Recording.ImagePoints;

namespace ClosedLoop.Tests.CommandLine;

/// <summary><c>triangulate</c> on planted points: half the cameras SLEAP's, half DeepLabCut's, one of them often wrong.</summary>
public sealed class TriangulateTests
{
    private const int Frames = 40;
    private static readonly string[] s_names = ["Snout", "EarL", "Back"];

    [Fact]
    public void Planted_points_come_back_in_space()
    {
        using var folder = new TemporaryFolder();
        var rig = Write(folder, noisePx: 0.5);
        var result = ProgramRunner.Run(
            "triangulate", "--points", folder["points"], "--calibration", folder["rig.yaml"], "--out", folder["keypoints.csv"], "--truth", folder["truth.csv"],
            "--sigma-px", "0.7", "--rate-hz", "100", "--json", folder["facts.json"]);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("no points of cam6", result.Output, StringComparison.Ordinal);
        using var facts = JsonDocument.Parse(File.ReadAllText(folder["facts.json"]));
        var root = facts.RootElement;
        Assert.Equal((Frames, 1.0), (root.GetProperty("frames").GetInt32(), root.GetProperty("found").GetDouble()));
        Assert.InRange(root.GetProperty("median_error_mm").GetDouble(), 0.1, 1.5);
        Assert.InRange(root.GetProperty("p95_error_mm").GetDouble(), 0.1, 4);
        Assert.InRange(root.GetProperty("median_reprojection_px").GetDouble(), 0.1, 0.9);
        using var file = KeypointFile.Open(folder["keypoints.csv"], new() { Layout = null });
        Assert.Equal((Frames, 100.0), (file.FrameCount, file.RateHz));
        Assert.Equal(s_names, file.Layout.Names);
        Assert.Equal(6, rig.Cameras.Count);
    }

    [Fact]
    public void A_file_of_no_camera_and_a_single_camera_are_refused()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 0.5);
        File.WriteAllText(folder["points/top.csv"], PointFiles.DeepLabCut(s_names, 2, (_, _) => (1, 1, 1)));
        string[] arguments = ["triangulate", "--points", folder["points"], "--calibration", folder["rig.yaml"], "--out", folder["keypoints.nwb"]];
        var result = ProgramRunner.Run(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("top.csv' belongs to no camera", result.Error, StringComparison.Ordinal);
        File.Delete(folder["points/top.csv"]);
        File.Copy(folder["points/cam1DLC_resnet50.csv"], folder["points/cam1-again.csv"]);
        result = ProgramRunner.Run(arguments);
        Assert.Contains("both belong to the camera 'cam1'", result.Error, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(folder["points"]).Where(file => !file.EndsWith("cam1-again.csv", StringComparison.Ordinal)))
            File.Delete(file);
        result = ProgramRunner.Run(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("of 1 cameras; at least 2 are needed", result.Error, StringComparison.Ordinal);
    }

    private static RigCalibration Write(TemporaryFolder folder, double noisePx)
    {
        var rig = PlantedRig.Create();
        var random = new RandomStream(8, "points");
        new RigCalibrationFile { Rig = rig }.Save(folder["rig.yaml"]);
        Directory.CreateDirectory(folder["points"]);
        double[] At(int f, int k) => [(0.1 * Math.Cos(0.1 * f)) + (0.03 * k), (0.1 * Math.Sin(0.13 * f)) - (0.02 * k), 0.03 + (0.01 * k)];
        for (var v = 0; v < 5; v++)
        {
            var (camera, view) = (rig.Cameras[v], v);
            (double, double, double) Point(int f, int k)
            {
                var p = At(f, k);
                var (u, w) = camera.Project(p[0], p[1], p[2]);
                // One camera confuses the points now and then, and is sure of itself.
                var wrong = view == 3 && (f + k) % 4 == 0 ? 45 : 0;
                return (u + (noisePx * random.Normal()) + wrong, w + (noisePx * random.Normal()), 0.9);
            }
            if (v % 2 == 0)
                File.WriteAllText(folder[$"points/{camera.Name}DLC_resnet50.csv"], PointFiles.DeepLabCut(s_names, Frames, Point));
            else
                PointFiles.WriteSleap(folder[$"points/{camera.Name}.analysis.h5"], s_names, Frames, Point);
        }
        var layout = new KeypointLayout(s_names, []);
        using var truth = KeypointWriter.Create(folder["truth.csv"], new() { Layout = layout, RateHz = 100, Source = "a test", Description = "points" });
        for (var f = 0; f < Frames; f++)
        {
            var keypoints = new Keypoints(layout) { Stamp = new(f, f, f * 10_000_000L, default, default) };
            for (var k = 0; k < 3; k++)
                At(f, k).CopyTo(keypoints.Position(k));
            truth.Write(keypoints);
        }
        truth.Complete();
        return rig;
    }
}
