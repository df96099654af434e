using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Moves lenses, camera poses and board poses until all corners of all views lie best where they were found: Ceres'
/// Levenberg-Marquardt with the boards eliminated (Schur), under Huber's loss.
/// </summary>
internal static class BundleAdjustment
{
    /// <summary>Parts of a camera that stay as they are.</summary>
    [Flags]
    public enum Stays
    {
        None = 0,
        Lens = 1,
        Pose = 2,
        Camera = Lens | Pose,
    }

    /// <summary>What may happen to the boards.</summary>
    public enum Boards
    {
        Move = 0,
        ArePoints = 1,
        Stay = 2,
    }

    /// <summary>Improves <paramref name="state"/> in place.</summary>
    /// <param name="observations">What was seen.</param>
    /// <param name="state">First values, and the result.</param>
    /// <param name="use">The views that take part.</param>
    /// <param name="stays">Per camera what stays.</param>
    /// <param name="boards">Whether boards move.</param>
    /// <param name="lossPx">The distance beyond which a corner pulls no harder, pixels.</param>
    /// <param name="iterations">The most iterations.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ClosedLoopException">It broke down.</exception>
    public static void Solve(
        BoardObservations observations, RigState state, ViewMask use, Stays[] stays, Boards boards, double lossPx, int iterations, CancellationToken cancellation)
    {
        var (cameraOf, setOf, corners, pixels) = (new List<int>(), new List<int>(), new List<double>(), new List<double>());
        for (var s = 0; s < observations.SetNames.Count; s++)
            for (var c = 0; c < observations.Cameras.Count; c++)
            {
                if (!use[c, s])
                    continue;
                var view = observations.Views[c][s]!;
                cameraOf.AddRange(Enumerable.Repeat(c, view.Count));
                setOf.AddRange(Enumerable.Repeat(s, view.Count));
                corners.AddRange(observations.CornersM(view));
                pixels.AddRange(view.Pixels);
            }
        var result = new double[4];
        var stop = new StopFlag();
        using (cancellation.Register(() => Volatile.Write(ref stop.Value, 1)))
            CalibrationNative.Check(
                CalibrationNative.cl_bundle_adjust(
                    observations.Cameras.Count, state.Lenses, state.Poses, [.. stays.Select(part => (int)part)], observations.SetNames.Count, state.Boards, (int)boards,
                    cameraOf.Count, cameraOf.ToArray(), setOf.ToArray(), corners.ToArray(), pixels.ToArray(), lossPx, iterations, Environment.ProcessorCount, ref stop.Value, result),
                "the bundle adjustment broke down");
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>NB: on the heap, so that another thread may set it while the shim looks at it.</summary>
    private sealed class StopFlag
    {
        public int Value;
    }
}
