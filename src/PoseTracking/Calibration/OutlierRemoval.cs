using System.Globalization;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Takes out what does not belong: views that stand out by far (a board that moved in a long exposure), then single corners
/// (half hidden, seen too obliquely, found on something else). What stands out must be rare: where it is not, the cameras
/// contradict each other, which is for <see cref="RigDiagnosis"/> to see.
/// </summary>
internal static class OutlierRemoval
{
    private const double MostOfViews = 0.05;
    private const double MostOfCorners = 0.03;

    /// <summary>Leaves bad views out of <paramref name="use"/>; returns how many.</summary>
    public static int DropViews(BoardObservations observations, RigState state, ViewMask use, int[] cameras, List<string> notes)
    {
        var all = (from c in cameras from s in Enumerable.Range(0, observations.SetNames.Count) where use[c, s] select (c, s, rms: Reprojection.ViewRms(observations, state, c, s))).ToArray();
        var median = all.Select(view => view.rms).Order().ElementAt(all.Length / 2);
        var bad = all.Where(view => !(view.rms <= Math.Max(2, 6 * median))).ToArray();
        if (bad.Length > Math.Max(2, MostOfViews * all.Length))
            return 0;
        foreach (var (c, s, rms) in bad)
        {
            use[c, s] = false;
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"left out: {observations.Cameras[c].Name}, set {s} ({observations.SetNames[s]}), whose corners miss by {rms:F1} px where others miss by {median:F2} px"));
        }
        return bad.Length;
    }

    /// <summary>The observations without corners that miss by more than six standard deviations.</summary>
    public static BoardObservations DropCorners(BoardObservations observations, RigState state, ViewMask use, int[] cameras, List<string> notes)
    {
        var views = observations.Views.Select(of => of.ToArray()).ToArray();
        foreach (var c in cameras)
        {
            var misses = Enumerable.Range(0, observations.SetNames.Count).Where(s => use[c, s])
                .SelectMany(s => Reprojection.Distances(observations, state, c, s).Select((distance, i) => (s, i, distance))).ToArray();
            if (misses.Length == 0)
                continue;
            // NB: the median of distances in the plane is 1.18 standard deviations of each coordinate.
            var limit = Math.Max(0.3, 6 * misses.Select(miss => miss.distance).Order().ElementAt(misses.Length / 2) / 1.1774);
            var bad = misses.Where(miss => !(miss.distance <= limit)).ToArray();
            if (bad.Length == 0 || bad.Length > MostOfCorners * misses.Length)
                continue;
            foreach (var view in bad.GroupBy(miss => miss.s))
            {
                var without = Without(views[c][view.Key]!, [.. view.Select(miss => miss.i)]);
                views[c][view.Key] = without;
                use[c, view.Key] = without is not null;
            }
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"left out: {bad.Length} of {misses.Length} corners of {observations.Cameras[c].Name}, which miss by more than {limit:F2} px"));
        }
        return observations.With(views);
    }

    private static BoardView? Without(BoardView view, HashSet<int> indices)
    {
        var kept = Enumerable.Range(0, view.Count).Where(i => !indices.Contains(i)).ToArray();
        return kept.Length < BoardDetector.FewestCorners
            ? null
            : new([.. kept.Select(i => view.Corners[i])], [.. kept.SelectMany(i => new[] { view.Pixels[2 * i], view.Pixels[(2 * i) + 1] })]);
    }
}
