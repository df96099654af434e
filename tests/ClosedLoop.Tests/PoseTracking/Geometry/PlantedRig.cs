using ClosedLoop.Core;

namespace ClosedLoop.Tests.PoseTracking;

/// <summary>Six cameras in a ring about the arena, with lenses that bend straight lines by several pixels.</summary>
internal static class PlantedRig
{
    /// <summary>The rig.</summary>
    public static RigCalibration Create(int cameras = 6, int width = 320, int height = 240) =>
        new([.. Enumerable.Range(0, cameras).Select(i => Camera(i, cameras, width, height))]);

    private static CameraCalibration Camera(int i, int count, int width, int height)
    {
        var angle = 2 * Math.PI * (i + 0.3) / count;
        double[] centre = [0.75 * Math.Cos(angle), 0.75 * Math.Sin(angle), 0.45 + (0.1 * (i % 3))];
        double[] forward = Unit([-centre[0], -centre[1], 0.03 - centre[2]]);
        var right = Unit(Cross(forward, [0, 0, 1]));
        var down = Cross(forward, right);
        double[] rotation = [.. right, .. down, .. forward];
        return new()
        {
            Name = $"cam{i + 1}",
            WidthPx = width,
            HeightPx = height,
            FocalXPx = 0.95 * width,
            FocalYPx = 0.955 * width,
            CentreXPx = (width / 2.0) - 0.5 + i,
            CentreYPx = (height / 2.0) - 0.5 - i,
            Distortion = [-0.18 - (0.01 * i), 0.07, 0.001, -0.0015, -0.01],
            Rotation = rotation,
            TranslationM = [.. Enumerable.Range(0, 3).Select(r => -Enumerable.Range(0, 3).Sum(c => rotation[(3 * r) + c] * centre[c]))],
        };
    }

    private static double[] Unit(double[] v)
    {
        var length = Math.Sqrt(v.Sum(x => x * x));
        return [.. v.Select(x => x / length)];
    }

    private static double[] Cross(double[] a, double[] b) =>
        [(a[1] * b[2]) - (a[2] * b[1]), (a[2] * b[0]) - (a[0] * b[2]), (a[0] * b[1]) - (a[1] * b[0])];
}
