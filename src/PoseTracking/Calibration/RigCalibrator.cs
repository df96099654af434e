using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Calibrates all cameras of a rig from what they saw of one board: every lens alone, the cameras through shared views,
/// then everything at once in one robust bundle adjustment. Deterministic up to the order of sums over threads.
/// </summary>
public static class RigCalibrator
{
    /// <summary>The loss of the first pass, pixels: wide enough for first values, narrow enough to see what does not belong.</summary>
    private const double FirstLossPx = 2;

    /// <summary>Computes the calibration.</summary>
    /// <exception cref="ClosedLoopException">
    /// The views do not determine it, or contradict each other; the message names the camera and, where one moved, since when.
    /// </exception>
    public static RigCalibrationResult Calibrate(
        BoardObservations observations, RigCalibrationOptions? options = null, IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(observations);
        options ??= new();
        var cameras = Enumerable.Range(0, observations.Cameras.Count).ToArray();
        CheckRequest(observations, options);

        progress?.Report("calibrating each lens alone");
        var starts = new LensStart[cameras.Length];
        foreach (var c in cameras)
        {
            cancellation.ThrowIfCancellationRequested();
            starts[c] = LensStart.Compute(observations, c);
        }

        progress?.Report("adjusting all cameras at once");
        var notes = new List<string>();
        var rig = Adjust(observations, starts, cameras, notes, cancellation);
        RigDiagnosis.RefuseContradiction(observations, starts, rig, cancellation);

        return Report(rig, options, starts, notes);
    }

    /// <summary>The bundle adjustment of some of the cameras, from nothing but their lenses' first values.</summary>
    internal static AdjustedRig Adjust(BoardObservations observations, LensStart[] starts, int[] cameras, List<string> notes, CancellationToken cancellation)
    {
        var use = ViewMask.Of(observations, cameras.Contains);
        foreach (var c in cameras)
            for (var s = 0; s < observations.SetNames.Count; s++)
                use[c, s] &= starts[c].Boards[s] is not null;
        var state = new SharedViewGraph(observations, starts, use).Initialise(cameras);
        var stays = new BundleAdjustment.Stays[observations.Cameras.Count];
        // The first camera's pose is the gauge: without it everything could move together.
        stays[cameras[0]] = BundleAdjustment.Stays.Pose;
        BundleAdjustment.Solve(observations, state, use, stays, BundleAdjustment.Boards.Move, FirstLossPx, 100, cancellation);
        if (OutlierRemoval.DropViews(observations, state, use, cameras, notes) > 0)
            BundleAdjustment.Solve(observations, state, use, stays, BundleAdjustment.Boards.Move, FirstLossPx, 100, cancellation);
        observations = OutlierRemoval.DropCorners(observations, state, use, cameras, notes);
        // Now that the noise is known: least squares for all that is noise, a constant pull for what is not.
        BundleAdjustment.Solve(observations, state, use, stays, BundleAdjustment.Boards.Move, 4 * Math.Max(0.05, MedianDistance(observations, state, use)), 100, cancellation);
        return new(observations, state, use);
    }

    private static void CheckRequest(BoardObservations observations, RigCalibrationOptions options)
    {
        if (observations.Cameras.Count > 1 && observations.Board.LooksTheSameTurned)
            throw ClosedLoopException.Usage(
                $"the board {observations.Board} looks the same when it is turned by half a turn, so that two cameras cannot tell which of its corners is which; use one with an odd and an even number of corners, as 9x6, or a ChArUco board");
        if (options.FloorSet is not { } floor)
            return;
        if (floor < 0 || floor >= observations.SetNames.Count)
            throw ClosedLoopException.Usage($"'--floor-view {floor}' names no set: there are {observations.SetNames.Count}, counted from 0");
        if (Enumerable.Range(0, observations.Cameras.Count).All(c => observations.Views[c][floor] is null))
            throw ClosedLoopException.Usage($"'--floor-view {floor}' ({observations.SetNames[floor]}) cannot define the floor: no camera sees the board there");
    }

    private static double MedianDistance(BoardObservations observations, RigState state, ViewMask use)
    {
        var distances = (from c in Enumerable.Range(0, observations.Cameras.Count) from s in Enumerable.Range(0, observations.SetNames.Count) where use[c, s] select Reprojection.ViewRms(observations, state, c, s)).Order().ToArray();
        return distances[distances.Length / 2];
    }

    private static RigCalibrationResult Report(AdjustedRig rig, RigCalibrationOptions options, LensStart[] starts, List<string> notes)
    {
        var (observations, state, use) = rig;
        var names = observations.Cameras;
        var views = names.Select((_, c) => observations.Views[c].Select((view, s) => use[c, s] ? view : null).ToArray()).ToArray();
        var used = observations.With(views);
        var arena = options.FloorSet is { } floor ? state.BoardOf(floor).Inverse() : RigidMotion.Identity;
        var cameras = names.Select((name, c) => state.ToCalibration(c, name, arena)).ToArray();
        DuplicateCameras.Refuse(cameras);

        var indices = Enumerable.Range(0, names.Count).ToArray();
        var reports = indices.Select(c => new CameraReport(
            names[c].Name, rig.Rms(c), use.Count(c), new CoverageGrid(used, c).Share, starts[c].RmsPx)).ToArray();
        var pairs = (from a in indices from b in indices where a < b select EpipolarCheck.Compute(used, cameras, a, b)).ToArray();
        var rms = rig.Rms(indices);
        var frame = options.FloorSet is { } set
            ? $"the board of set {set} ({observations.SetNames[set]}): z = 0 on the board, z up from its printed side, x along its rows, origin at its bottom left inner corner"
            : $"the camera '{names[0].Name}': x right, y down, z forwards from its lens; --floor-view puts it on the floor";
        return new()
        {
            File = new()
            {
                Rig = new(cameras),
                Qualities = [.. reports.Select(report => new CameraQuality(report.RmsPx, report.Views, report.Coverage))],
                RmsPx = rms,
                Board = observations.Board.ToString(),
                WorldFrame = frame,
                Date = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            },
            Cameras = reports,
            Pairs = pairs,
            RmsPx = rms,
            Faults = CalibrationGate.Judge(reports, pairs, options),
            Notes = notes,
            Observations = used,
            Boards = [.. Enumerable.Range(0, observations.SetNames.Count).Select(s => use.CamerasOf(s) > 0 ? arena * state.BoardOf(s) : null)],
        };
    }
}
