using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// A first estimate of an animal's size from distances between keypoints: the ratio of what the animal shows to what
/// the body shows, over those pairs that are rigid, or nearly so, on the body.
/// </summary>
internal static class SizeEstimate
{
    private const int RandomPoses = 200;
    private const double ShortestM = 0.01;
    private const double MostSpread = 0.05;

    /// <summary>
    /// The median ratio over the rigid pairs and how many there were; 1 where there are none. Keypoints whose original
    /// offset is exactly zero are not placed yet and say nothing.
    /// </summary>
    public static (double Scale, int Pairs) Estimate(PoseSolver solver, IReadOnlyList<double[]> targets, IReadOnlyList<double[]> weights, int seed)
    {
        var tree = solver.Tree;
        var random = new Random(seed);
        var count = tree.SiteCount;
        var pose = (double[])solver.RestPose.Clone();
        var distances = new double[RandomPoses][];
        for (var i = 0; i < RandomPoses; i++)
        {
            for (var d = 6; d < tree.DofCount; d++)
                if (double.IsFinite(tree.Lower[d]) && double.IsFinite(tree.Upper[d]))
                    pose[tree.QposIndex[d]] = tree.Lower[d] + (random.NextDouble() * (tree.Upper[d] - tree.Lower[d]));
            tree.Update(pose);
            distances[i] = Distances(tree.Sites, count);
        }
        var bySite = targets.Select((target, t) =>
        {
            var sites = new double[3 * count];
            for (var s = 0; s < count; s++)
                for (var i = 0; i < 3; i++)
                    sites[(3 * s) + i] = weights[t][tree.Keypoint[s]] > 0 ? target[(3 * tree.Keypoint[s]) + i] : double.NaN;
            return Distances(sites, count);
        }).ToList();
        bool Placed(int site) => tree.UnitOffsets.AsSpan(3 * site, 3).ContainsAnyExcept(0.0);
        var ratios = new List<double>();
        for (var a = 0; a < count; a++)
            for (var b = a + 1; b < count; b++)
            {
                if (!Placed(a) || !Placed(b))
                    continue;
                var index = (a * count) + b;
                var onBody = Quantiles(distances.Select(d => d[index]));
                var onAnimal = Quantiles(bySite.Select(d => d[index]).Where(double.IsFinite));
                if (onBody.Median >= ShortestM && onBody.Spread <= MostSpread * onBody.Median && onAnimal.Median > 0)
                    ratios.Add(onAnimal.Median / onBody.Median);
            }
        return ratios.Count > 0 ? (Math.Clamp(Quantiles(ratios).Median / tree.Scale, 0.2, 5), ratios.Count) : (1, 0);
    }

    /// <summary>Median and half the distance between the 16th and 84th percentile.</summary>
    public static (double Median, double Spread) Quantiles(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? (double.NaN, double.NaN) : (At(sorted, 0.5), (At(sorted, 0.84) - At(sorted, 0.16)) / 2);
    }

    /// <summary>A quantile of ascending values.</summary>
    public static double At(double[] sorted, double quantile) => sorted.Length == 0 ? double.NaN : sorted[(int)Math.Round(quantile * (sorted.Length - 1))];

    private static double[] Distances(double[] points, int count)
    {
        var distances = new double[count * count];
        for (var a = 0; a < count; a++)
            for (var b = a + 1; b < count; b++)
            {
                var sum = 0.0;
                for (var i = 0; i < 3; i++)
                    sum += Math.Pow(points[(3 * a) + i] - points[(3 * b) + i], 2);
                distances[(a * count) + b] = Math.Sqrt(sum);
            }
        return distances;
    }
}
