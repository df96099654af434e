namespace ClosedLoop.PoseTracking;

/// <summary>Where a camera stands among boards whose places are known, in any part of a recording.</summary>
internal sealed class PoseAmongBoards(BoardObservations observations, int camera, double[] lens, RigState boards)
{
    /// <summary>A camera that stood at two places.</summary>
    /// <param name="First">The first set after the change.</param>
    /// <param name="Before">Arena to camera before it.</param>
    /// <param name="After">Arena to camera after it.</param>
    /// <param name="Rms">What corners miss by, pixels.</param>
    public sealed record TwoPlaces(int First, RigidMotion Before, RigidMotion After, double Rms);

    /// <summary>The camera's pose from some sets, and by how much the corners miss, pixels.</summary>
    /// <param name="sets">The sets of the boards' places.</param>
    /// <param name="shift">How many sets later the camera's images are looked at.</param>
    public (RigidMotion Pose, double Rms) Fit(ReadOnlySpan<int> sets, int shift)
    {
        var (points, pixels) = (new List<double>(), new List<double>());
        foreach (var s in sets)
        {
            var view = observations.Views[camera][s + shift]!;
            var board = boards.BoardOf(s);
            foreach (var corner in view.Corners)
            {
                var (x, y) = observations.Board.CornerM(corner);
                var (px, py, pz) = board.Apply(x, y, 0);
                points.AddRange([px, py, pz]);
            }
            pixels.AddRange(view.Pixels);
        }
        Span<double> pose = stackalloc double[RigState.PoseSize];
        if (CalibrationNative.cl_solve_pose(lens, pixels.Count / 2, points.ToArray(), pixels.ToArray(), planar: 0, pose) != 0)
            return (RigidMotion.Identity, double.PositiveInfinity);
        var motion = RigidMotion.FromVector(pose);
        var sum = 0.0;
        for (var i = 0; i < pixels.Count / 2; i++)
        {
            var (u, v) = Reprojection.Project(lens, motion.Apply(points[3 * i], points[(3 * i) + 1], points[(3 * i) + 2]));
            sum += double.IsNaN(u) ? 1e8 : ((u - pixels[2 * i]) * (u - pixels[2 * i])) + ((v - pixels[(2 * i) + 1]) * (v - pixels[(2 * i) + 1]));
        }
        return (motion, Math.Sqrt(sum / (pixels.Count / 2)));
    }

    /// <summary>The change of place that explains most; null where there are too few sets for two places.</summary>
    public TwoPlaces? Split(int[] sets)
    {
        TwoPlaces? best = null;
        for (var k = 3; k <= sets.Length - 3; k++)
        {
            var (before, rmsBefore) = Fit(sets.AsSpan(0, k), 0);
            var (after, rmsAfter) = Fit(sets.AsSpan(k), 0);
            var (n, m) = (Corners(sets.AsSpan(0, k)), Corners(sets.AsSpan(k)));
            var rms = Math.Sqrt(((rmsBefore * rmsBefore * n) + (rmsAfter * rmsAfter * m)) / (n + m));
            if (best is null || rms < best.Rms)
                best = new(sets[k], before, after, rms);
        }
        return best;
    }

    private int Corners(ReadOnlySpan<int> sets)
    {
        var count = 0;
        foreach (var s in sets)
            count += observations.Views[camera][s]!.Count;
        return count;
    }
}
