using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Compares a calibration with new views of a board: the cameras that agree place the board, and one that has moved
/// since sees it elsewhere.
/// </summary>
public static class DriftCheck
{
    /// <summary>Looks at every camera against the others.</summary>
    /// <param name="observations">New views; the cameras are those of the calibration, in its order.</param>
    /// <param name="calibration">The calibration in question.</param>
    /// <param name="limitPx">What a camera may miss by, pixels; null: twice what it missed by when it was calibrated, and at least 1.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ClosedLoopException">Too few shared views, or images of another size.</exception>
    public static IReadOnlyList<DriftReport> Check(BoardObservations observations, RigCalibrationFile calibration, double? limitPx = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(calibration);
        var rig = calibration.Rig;
        for (var c = 0; c < rig.Cameras.Count; c++)
            if ((observations.Cameras[c].Width, observations.Cameras[c].Height) != (rig.Cameras[c].WidthPx, rig.Cameras[c].HeightPx))
                throw ClosedLoopException.Usage(
                    $"the images of the camera '{rig.Cameras[c].Name}' are {observations.Cameras[c].Width}x{observations.Cameras[c].Height} and it was calibrated at {rig.Cameras[c].WidthPx}x{rig.Cameras[c].HeightPx}; record at that size, or calibrate again");
        // NB: a skew is DANNCE's alone; the board's pose is found without one.
        if (rig.Cameras.FirstOrDefault(camera => camera.SkewPx != 0) is { } skewed)
            throw ClosedLoopException.Usage(FormattableString.Invariant($"the camera '{skewed.Name}' has a skew of {skewed.SkewPx:G4} px, with which the check cannot work; calibrate the rig again from images of a board"));
        var limits = rig.Cameras.Select((_, c) => limitPx ?? Math.Max(1, 2 * (calibration.QualityOf(c)?.RmsPx ?? 0))).ToArray();
        var cameras = Enumerable.Range(0, rig.Cameras.Count).ToList();
        var drifted = new List<int>();
        var state = Place(observations, rig, cameras, cancellation);
        // As long as somebody misses: without whom do the rest agree best?
        while (cameras.Count > 1 && cameras.Any(c => Rms(c, state, cameras) > limits[c]))
        {
            var (least, culprit) = (double.PositiveInfinity, -1);
            RigState? rest = null;
            foreach (var c in cameras)
            {
                List<int> others = [.. cameras.Where(other => other != c)];
                var candidate = Place(observations, rig, others, cancellation);
                var worst = others.Max(other => Rms(other, candidate, others) / limits[other]);
                if (worst < least || rest is null)
                    (least, culprit, rest) = (worst, c, candidate);
            }
            // NB: of two cameras that disagree either may have moved; both are named.
            if (cameras.Count == 2)
            {
                drifted.AddRange(cameras);
                break;
            }
            drifted.Add(culprit);
            cameras.Remove(culprit);
            state = rest!;
        }

        return [.. rig.Cameras.Select((camera, c) =>
        {
            var shared = Enumerable.Range(0, observations.SetNames.Count)
                .Where(s => observations.Views[c][s] is not null && cameras.Any(other => other != c && observations.Views[other][s] is not null)).ToArray();
            var against = drifted.Contains(c) ? Place(observations, rig, [.. cameras.Where(other => other != c)], cancellation) : state;
            if (shared.Length == 0 || !drifted.Contains(c))
                return new DriftReport(camera.Name, shared.Length, shared.Length == 0 ? double.NaN : Rms(c, state, cameras), limits[c], drifted.Contains(c), double.NaN, double.NaN);
            var rms = Against(observations, against, c, shared);
            var (now, _) = new PoseAmongBoards(observations, c, state.Lens(c).ToArray(), against).Fit(shared, 0);
            var then = RigidMotion.Of(camera.Rotation, camera.TranslationM);
            var (a, b) = (now.Inverse().Translation, then.Inverse().Translation);
            var moved = Math.Sqrt(a.Zip(b).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second)));
            return new DriftReport(camera.Name, shared.Length, rms, limits[c], true, 1000 * moved, (now * then.Inverse()).AngleDegrees());
        })];

        double Rms(int c, RigState at, List<int> among)
        {
            var use = ViewMask.Of(observations, among.Contains);
            for (var s = 0; s < observations.SetNames.Count; s++)
                use[c, s] &= use.CamerasOf(s) > 1;
            return Reprojection.Rms(observations, at, use, c) is var rms && double.IsNaN(rms) ? 0 : rms;
        }
    }

    private static double Against(BoardObservations observations, RigState state, int camera, int[] sets)
    {
        var (sum, count) = (0.0, 0);
        foreach (var s in sets)
        {
            sum += Math.Min(1e12, Reprojection.SquaredSum(observations, state, camera, s));
            count += observations.Views[camera][s]!.Count;
        }
        return Math.Sqrt(sum / count);
    }

    /// <summary>Puts every board where the cameras, which stay, see it.</summary>
    private static RigState Place(BoardObservations observations, RigCalibration rig, List<int> cameras, CancellationToken cancellation)
    {
        var state = RigState.Of(rig, observations.SetNames.Count);
        var use = ViewMask.Of(observations, cameras.Contains);
        for (var s = 0; s < observations.SetNames.Count; s++)
        {
            var best = double.PositiveInfinity;
            foreach (var c in cameras)
            {
                if (!use[c, s])
                    continue;
                var view = observations.Views[c][s]!;
                if (LensStart.SolvePose(observations, view, state.Lens(c)) is not { } seen)
                    continue;
                var board = state.PoseOf(c).Inverse() * seen;
                var error = cameras.Where(other => use[other, s])
                    .Sum(other => Math.Min(1e4, Math.Sqrt(Reprojection.SquaredSum(observations, observations.Views[other][s]!, state.Lens(other), state.PoseOf(other) * board))));
                if (error < best)
                {
                    best = error;
                    board.ToVector(state.Board(s));
                }
            }
            if (double.IsInfinity(best))
                foreach (var c in cameras)
                    use[c, s] = false;
        }
        if (!cameras.Any(c => use.Count(c) > 0))
            return state;
        var stays = rig.Cameras.Select(_ => BundleAdjustment.Stays.Camera).ToArray();
        BundleAdjustment.Solve(observations, state, use, stays, BundleAdjustment.Boards.Move, 1, 50, cancellation);
        return state;
    }
}
