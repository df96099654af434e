using System.Globalization;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;

namespace ClosedLoop.Tests.PoseTracking;

/// <summary>
/// A dataset of six cameras that see six coloured dots move: pictures, calibration and truth. The networks in models/
/// find such dots, so that the whole way from files to keypoints is measured against where the dots were drawn.
/// </summary>
internal static class DotScene
{
    /// <summary>Names in the networks' order; the colours follow it.</summary>
    public static KeypointLayout Layout { get; } = new(["SpineM", "Snout", "TailBase", "HandL", "HandR", "SpineF"], []);

    private static readonly (int R, int G, int B)[] s_colours = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1)];
    private static readonly double[] s_offsets = [0, 0, 0, 0.08, 0.01, 0.02, -0.085, 0, -0.01, 0.03, 0.08, -0.02, 0.02, -0.08, -0.025, -0.01, 0.01, 0.08];

    /// <summary>A model folder for such scenes: "dots-per-view" or "dots-volumetric".</summary>
    public static string Model(string name) =>
        Path.Combine(Installation.Root!, "tests", "ClosedLoop.Tests", "PoseTracking", "Keypoints", "models", name);

    /// <summary>The dots of one frame, metres.</summary>
    public static double[] Positions(int frame)
    {
        var (angle, x, y) = (0.15 * frame, 0.08 * Math.Cos(0.2 * frame), 0.08 * Math.Sin(0.23 * frame));
        var positions = new double[18];
        for (var k = 0; k < 6; k++)
        {
            var (dx, dy, dz) = (s_offsets[3 * k], s_offsets[(3 * k) + 1], s_offsets[(3 * k) + 2]);
            positions[3 * k] = x + (Math.Cos(angle) * dx) - (Math.Sin(angle) * dy);
            positions[(3 * k) + 1] = y + (Math.Sin(angle) * dx) + (Math.Cos(angle) * dy);
            positions[(3 * k) + 2] = 0.04 + dz;
        }
        return positions;
    }

    /// <summary>What a camera sees of dots at these positions.</summary>
    public static byte[] Draw(CameraCalibration camera, double[] positions)
    {
        const double Sigma = 2;
        var image = new byte[camera.WidthPx * camera.HeightPx * 3];
        for (var k = 0; k < 6; k++)
        {
            var (u, v) = camera.Project(positions[3 * k], positions[(3 * k) + 1], positions[(3 * k) + 2]);
            for (var y = Math.Max(0, (int)v - 8); y <= Math.Min(camera.HeightPx - 1, (int)v + 9); y++)
                for (var x = Math.Max(0, (int)u - 8); x <= Math.Min(camera.WidthPx - 1, (int)u + 9); x++)
                {
                    var light = (byte)Math.Round(250 * Math.Exp(-0.5 * (((x - u) * (x - u)) + ((y - v) * (y - v))) / (Sigma * Sigma)));
                    var at = 3 * ((y * camera.WidthPx) + x);
                    image[at] = Math.Max(image[at], (byte)(s_colours[k].R * light));
                    image[at + 1] = Math.Max(image[at + 1], (byte)(s_colours[k].G * light));
                    image[at + 2] = Math.Max(image[at + 2], (byte)(s_colours[k].B * light));
                }
        }
        return image;
    }

    /// <summary>Writes a dataset: videos/cam1 ... cam6 of pictures, calibration.yaml and truth.csv.</summary>
    public static RigCalibration Write(string folder, int frames, int width = 320, int height = 240)
    {
        var rig = PlantedRig.Create(6, width, height);
        new RigCalibrationFile { Rig = rig }.Save(Path.Combine(folder, "calibration.yaml"));
        using var truth = KeypointWriter.Create(
            Path.Combine(folder, "truth.csv"), new() { Layout = Layout, RateHz = 50, Source = "a test", Description = "dots" });
        foreach (var camera in rig.Cameras)
            Directory.CreateDirectory(Path.Combine(folder, "videos", camera.Name));
        for (var f = 0; f < frames; f++)
        {
            var positions = Positions(f);
            foreach (var camera in rig.Cameras)
                PngFile.Write(
                    Path.Combine(folder, "videos", camera.Name, string.Create(CultureInfo.InvariantCulture, $"{f:0000}.png")), Draw(camera, positions), width, height);
            var keypoints = new Keypoints(Layout) { Stamp = new(f, f, f * 20_000_000L, default, default) };
            positions.CopyTo(keypoints.Positions, 0);
            Array.Fill(keypoints.Confidence, 1f);
            truth.Write(keypoints);
        }
        truth.Complete();
        return rig;
    }
}
