using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Where the cameras contradict each other although each agrees with itself: finds the one without which the rest agree,
/// and what is wrong with it: mirrored images, images of another time, or a place that changed.
/// </summary>
internal static class RigDiagnosis
{
    private const int MostShift = 5;

    /// <summary>Refuses a contradiction with its cause; nothing where there is none.</summary>
    public static void RefuseContradiction(BoardObservations observations, LensStart[] starts, AdjustedRig rig, CancellationToken cancellation)
    {
        var cameras = Enumerable.Range(0, observations.Cameras.Count).ToArray();
        if (cameras.Length < 2 || Agree(starts, rig, cameras))
            return;
        var culprits = new List<(int Camera, double Rms, RigState State, ViewMask Use)>();
        foreach (var c in cameras)
        {
            var rest = cameras.Where(other => other != c).ToArray();
            try
            {
                var without = RigCalibrator.Adjust(observations, starts, rest, [], cancellation);
                if (Agree(starts, without, rest))
                    culprits.Add((c, without.Rms(rest), without.State, without.Use));
            }
            catch (ClosedLoopException)
            {
                // NB: without this camera the others do not hang together, so that nothing is known of it.
            }
        }
        foreach (var culprit in culprits.OrderBy(culprit => culprit.Rms))
            if (Explain(observations, starts, culprit.Camera, culprit.State, culprit.Use, several: culprits.Count > 1) is { } sentence)
                throw ClosedLoopException.Failed(sentence);
        var table = string.Join(", ", cameras.Select(c => string.Create(
            CultureInfo.InvariantCulture, $"{observations.Cameras[c].Name} {starts[c].RmsPx:F2} px alone and {rig.Rms(c):F2} px together")));
        throw ClosedLoopException.Failed(culprits.Count == 1
            ? $"the camera '{observations.Cameras[culprits[0].Camera].Name}' contradicts the others ({table}), and without it they agree; perhaps it moved more than once, or its images are not of the same moments; record again"
            : $"the cameras contradict each other ({table}); perhaps more than one moved, or images of equal order are not of the same moment; record again");
    }

    /// <summary>What a camera may miss by before it counts as contradicting, pixels.</summary>
    private static double Limit(LensStart start) => (2 * start.RmsPx) + 0.1;

    private static bool Agree(LensStart[] starts, AdjustedRig rig, int[] cameras) => cameras.All(c => rig.Rms(c) <= Limit(starts[c]));

    private static string? Explain(BoardObservations observations, LensStart[] starts, int c, RigState rest, ViewMask use, bool several)
    {
        var name = observations.Cameras[c].Name;
        var others = observations.Cameras.Where((_, i) => i != c).Select(camera => $"'{camera.Name}'").ToArray();
        var who = several && others.Length == 1 ? $"of '{name}' or of {others[0]} (with two cameras it cannot be told which)" : $"of the camera '{name}'";
        var known = Enumerable.Range(0, observations.SetNames.Count).Where(s => use.CamerasOf(s) > 0).ToArray();
        if (known.Length < SharedViewGraph.FewestShared)
            return null;
        var fit = new PoseAmongBoards(observations, c, starts[c].Lens, rest);
        var shared = known.Where(s => observations.Views[c][s] is not null).ToArray();
        if (shared.Length < SharedViewGraph.FewestShared)
            return null;
        var whole = fit.Fit(shared, 0);
        // What counts as an explanation: it takes most of the misses away, and little is left.
        var good = Math.Min(0.5 * whole.Rms, Math.Max(1, 3 * Limit(starts[c])));

        if (observations.Board.Kind == BoardKind.Chessboard)
        {
            // A mirrored chessboard is a chessboard: its rows are then numbered from the other end.
            var mirrored = Mirror(observations, c);
            var start = LensStart.Compute(mirrored, c);
            var turned = new PoseAmongBoards(mirrored, c, start.Lens, rest).Fit(shared, 0);
            if (turned.Rms < good)
                return string.Create(CultureInfo.InvariantCulture,
                    $"the images {who} are mirrored: as they are its corners miss the other cameras' board by {whole.Rms:F1} px, and turned over left to right by {turned.Rms:F2} px; switch off mirroring where they are recorded and record them again");
        }
        for (var shift = 1; shift <= MostShift; shift++)
            foreach (var signed in new[] { shift, -shift })
            {
                var sets = known.Where(s => s + signed >= 0 && s + signed < observations.SetNames.Count && observations.Views[c][s + signed] is not null).ToArray();
                // NB: of a board that stood still between two sets any shift is right; a wrong one must be clearly worse.
                if (sets.Length >= 5 && fit.Fit(sets, signed) is { } shifted && shifted.Rms < good)
                    return string.Create(CultureInfo.InvariantCulture,
                        $"the images {who} are {shift} {(signed > 0 ? "late" : "early")} against the others: counted as simultaneous they miss by {whole.Rms:F1} px, and moved by {shift} by {shifted.Rms:F2} px; start all cameras together, or take away its {(signed > 0 ? "first" : "last")} {shift} images and the others' {(signed > 0 ? "last" : "first")} {shift}");
            }
        if (fit.Split(shared) is { } split && split.Rms < good)
        {
            var moved = split.After * split.Before.Inverse();
            var distance = Distance(split.Before.Inverse().Translation, split.After.Inverse().Translation);
            var subject = several && others.Length == 1 ? $"'{name}' or {others[0]} moved (with two cameras it cannot be told which)" : $"the camera '{name}' moved";
            return string.Create(CultureInfo.InvariantCulture,
                $"{subject} during the recording, before set {split.First} ({observations.SetNames[split.First]}): by {1000 * distance:F1} mm and {moved.AngleDegrees():F2} degrees; fasten it, and record again or take the images before or after away");
        }
        return null;
    }

    private static double Distance(double[] a, double[] b) => Math.Sqrt(((a[0] - b[0]) * (a[0] - b[0])) + ((a[1] - b[1]) * (a[1] - b[1])) + ((a[2] - b[2]) * (a[2] - b[2])));

    /// <summary>What a camera would have seen had its images been turned over left to right.</summary>
    private static BoardObservations Mirror(BoardObservations observations, int camera)
    {
        var board = observations.Board;
        var width = observations.Cameras[camera].Width;
        var views = observations.Views.Select(of => of.ToArray()).ToArray();
        views[camera] = [.. views[camera].Select(view => view is null ? null : new BoardView(
            // Colours tell the ends of the side with an odd number of corners: the other side is numbered backwards.
            [.. view.Corners.Select(corner => MirrorCorner(board, corner))],
            [.. view.Pixels.Select((value, i) => i % 2 == 0 ? width - 1 - value : value)]))];
        return observations.With(views);
    }

    private static int MirrorCorner(BoardDescription board, int corner)
    {
        var (row, column) = (corner / board.InnerColumns, corner % board.InnerColumns);
        return board.InnerColumns % 2 == 1
            ? ((board.InnerRows - 1 - row) * board.InnerColumns) + column
            : (row * board.InnerColumns) + board.InnerColumns - 1 - column;
    }
}
