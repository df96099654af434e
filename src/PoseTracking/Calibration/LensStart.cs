using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>Each camera's lens as it calibrates alone, and the board's pose before it in each view.</summary>
internal sealed class LensStart
{
    /// <summary>Views from which a lens is started; more cost time and bring nothing that the bundle adjustment does not.</summary>
    private const int MostViews = 40;

    private LensStart(double[] lens, double rmsPx, RigidMotion?[] boards) => (Lens, RmsPx, Boards) = (lens, rmsPx, boards);

    /// <summary>fx fy cx cy k1 k2 p1 p2 k3, pixels.</summary>
    public double[] Lens { get; }

    /// <summary>What the camera reaches with no other to agree with, pixels.</summary>
    public double RmsPx { get; }

    /// <summary>Per set, the board to the camera; null where it was not seen.</summary>
    public RigidMotion?[] Boards { get; }

    /// <exception cref="ClosedLoopException">The views do not determine a lens.</exception>
    public static LensStart Compute(BoardObservations observations, int camera)
    {
        var (name, width, height) = observations.Cameras[camera];
        var sets = Enumerable.Range(0, observations.SetNames.Count).Where(s => observations.Views[camera][s] is not null).ToArray();
        var chosen = sets.Length <= MostViews ? sets : Spread(observations, camera, sets);
        var views = chosen.Select(s => observations.Views[camera][s]!).ToArray();
        var lens = new double[RigState.LensSize];
        var status = CalibrationNative.cl_calibrate_camera(
            width, height, views.Length, [.. views.Select(view => view.Count)], views.SelectMany(observations.CornersM).ToArray(),
            views.SelectMany(view => view.Pixels).ToArray(), lens, [], out var rms);
        if (status != 0 || !lens.All(double.IsFinite) || !(lens[0] > 0 && lens[1] > 0))
            throw ClosedLoopException.Failed(
                $"the {views.Length} views of the camera '{name}' do not determine its lens{(status != 0 ? $" ({CalibrationNative.LastError().Trim()})" : "")}; show it the board tilted, near and far, and in the corners of its image");
        var boards = new RigidMotion?[observations.SetNames.Count];
        foreach (var s in sets)
            boards[s] = SolvePose(observations, observations.Views[camera][s]!, lens);
        return new(lens, rms, boards);
    }

    /// <summary>The board's pose before a camera, or null where none explains what it saw.</summary>
    public static RigidMotion? SolvePose(BoardObservations observations, BoardView view, ReadOnlySpan<double> lens)
    {
        Span<double> pose = stackalloc double[RigState.PoseSize];
        return CalibrationNative.cl_solve_pose(lens, view.Count, observations.CornersM(view), view.Pixels, planar: 1, pose) == 0 ? RigidMotion.FromVector(pose) : null;
    }

    /// <summary>Views that see most of the board, spread over the session.</summary>
    private static int[] Spread(BoardObservations observations, int camera, int[] sets) =>
        [.. Enumerable.Range(0, MostViews).Select(i =>
            sets[(i * sets.Length / MostViews)..((i + 1) * sets.Length / MostViews)].MaxBy(s => observations.Views[camera][s]!.Count))];
}
