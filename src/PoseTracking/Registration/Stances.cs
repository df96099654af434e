namespace ClosedLoop.PoseTracking;

/// <summary>
/// Finds out from the keypoints alone when each paw stands: when it hardly moves, at the height at which it is most often
/// found not to move. NB: that height is not the floor's, since a keypoint sits some way into or above its paw, and that
/// way differs by paw and animal.
/// </summary>
internal static class Stances
{
    private const double StanceSpeedMPerS = 0.1;
    private const int FramesEitherSide = 2;
    private const double HeightToleranceM = 0.006;
    private const double HighestStanceM = 0.02;
    private const int FewestStill = 5;

    /// <summary>Whether each paw stands, by frame. Paws that are never seen to stand, and frames without their keypoints, do not.</summary>
    /// <param name="paws">The body's paws.</param>
    /// <param name="targets">Keypoints in the order of time: x, y, z each, metres.</param>
    /// <param name="weights">Their weights; 0 where one is missing.</param>
    /// <param name="periodS">Time from one frame to the next.</param>
    public static bool[][] Of(PawGeoms[] paws, double[][] targets, double[][] weights, double periodS)
    {
        var stands = targets.Select(_ => new bool[paws.Length]).ToArray();
        var still = paws.Select(paw => Still(Path(paw.Keypoints, targets, weights), periodS)).ToArray();
        var modes = still.Select(frames => frames.Count < FewestStill ? double.NaN : HalfSampleMode([.. frames.Select(f => f.Height).Order()])).ToArray();
        // A paw that is kept in the air, as while grooming, has its mode far above those that stand.
        var lowest = modes.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min();
        for (var p = 0; p < paws.Length; p++)
            if (modes[p] <= lowest + HighestStanceM)
                foreach (var (frame, height) in still[p])
                    stands[frame][p] = Math.Abs(height - modes[p]) <= HeightToleranceM;
        return stands;
    }

    /// <summary>The centre of a paw's keypoints by frame; not a number where one of them is missing.</summary>
    private static double[][] Path(int[] keypoints, double[][] targets, double[][] weights) =>
        [.. targets.Select((target, t) => Enumerable.Range(0, 3).Select(i => keypoints.Average(k => weights[t][k] > 0 ? target[(3 * k) + i] : double.NaN)).ToArray())];

    private static List<(int Frame, double Height)> Still(double[][] path, double periodS)
    {
        var still = new List<(int, double)>();
        for (var t = FramesEitherSide; t + FramesEitherSide < path.Length; t++)
        {
            var moved = Math.Sqrt(Enumerable.Range(0, 3).Sum(i => Math.Pow(path[t + FramesEitherSide][i] - path[t - FramesEitherSide][i], 2)));
            if (moved <= StanceSpeedMPerS * 2 * FramesEitherSide * periodS && double.IsFinite(path[t][2]))
                still.Add((t, path[t][2]));
        }
        return still;
    }

    /// <summary>The mode of ascending values (Bickel and Frühwirth, 2006): the densest half of the densest half, and so on.</summary>
    private static double HalfSampleMode(double[] sorted)
    {
        var (start, count) = (0, sorted.Length);
        while (count > 3)
        {
            var half = (count + 1) / 2;
            var best = start;
            for (var i = start; i + half <= start + count; i++)
                if (sorted[i + half - 1] - sorted[i] < sorted[best + half - 1] - sorted[best])
                    best = i;
            (start, count) = (best, half);
        }
        return sorted[start + (count / 2)];
    }
}
