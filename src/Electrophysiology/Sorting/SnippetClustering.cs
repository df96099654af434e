namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Clusters snippets: by <see cref="IsoSplit"/> in their principal components, and each cluster again in its own, in which
/// what divides it is not hidden by what divides the others, until none divides (as MountainSort 5 does).
/// </summary>
public static class SnippetClustering
{
    private const int MostAxes = 10, MostDepth = 4, MostClouds = 16, FirstKept = 1 << 16;
    // Samples before a spike that tell the noise.
    private const int Early = 5;
    private const double MostCutOff = 0.22;

    /// <summary>
    /// Clusters snippets of which there is nothing else: no noise between them to whiten by, and around every unit the many
    /// small spikes of neurons farther away, without a valley. By the depths of their troughs and the heights of the swings
    /// behind, as people cut them, in a mixture of normal clouds (<see cref="GaussianMixture"/>), in which a dense cloud shows
    /// within a wide one. A cloud that the threshold cuts off is no unit's: most of it lies below.
    /// </summary>
    /// <param name="snippets">Snippet by snippet, each wire by wire; spikes go down.</param>
    /// <param name="wires">Wires of a snippet.</param>
    /// <param name="samples">Samples of a wire.</param>
    /// <param name="leastSpikes">Snippets of a cluster, at least.</param>
    /// <returns>By snippet its cluster, from 0 on; -1: it is in none.</returns>
    public static int[] Label(ReadOnlySpan<float> snippets, int wires, int samples, int leastSpikes = 25)
    {
        var dimensions = wires * samples;
        var count = snippets.Length / dimensions;
        var labels = new int[count];
        Array.Fill(labels, -1);
        if (count < leastSpikes)
            return labels;
        var (features, depths) = Extremes(snippets, wires, samples);
        var mixture = GaussianMixture.Fit(features, 2 * wires, MostClouds, leastSpikes);
        for (var i = 0; i < count; i++)
            labels[i] = mixture.Assign(features.AsSpan(i * 2 * wires, 2 * wires));
        var threshold = depths.Order().ElementAt(count / 100);
        var next = 0;
        for (var k = 0; k < mixture.Count; k++)
        {
            int[] members = [.. Enumerable.Range(0, count).Where(i => labels[i] == k)];
            float[] own = [.. members.Select(i => depths[i]).Order()];
            // Of a bell above the threshold a tenth is below half the way to its middle, of what the threshold cuts off a quarter and more.
            var unit = own.Length >= leastSpikes && own.Count(depth => depth < (threshold + own[own.Length / 2]) / 2) < MostCutOff * own.Length;
            foreach (var i in members)
                labels[i] = unit ? FirstKept + next : -1;
            next += unit ? 1 : 0;
        }
        for (var i = 0; i < count; i++)
            labels[i] = labels[i] < 0 ? -1 : labels[i] - FirstKept;
        return labels;
    }

    /// <summary>By snippet and wire the depth of the trough, then the height of the highest swing behind it, in units of the wire's noise; and each snippet's deepest trough.</summary>
    private static (float[] Features, float[] Depths) Extremes(ReadOnlySpan<float> snippets, int wires, int samples)
    {
        var dimensions = wires * samples;
        var count = snippets.Length / dimensions;
        var (features, depths, early) = (new float[count * 2 * wires], new float[count], new float[count * Early]);
        for (var w = 0; w < wires; w++)
        {
            for (var i = 0; i < count; i++)
                for (var t = 0; t < Early; t++)
                    early[(i * Early) + t] = Math.Abs(snippets[(i * dimensions) + (w * samples) + t]);
            var noise = Math.Max(1e-6f, Selection.Median(early) / 0.6745f);
            for (var i = 0; i < count; i++)
            {
                var snippet = snippets.Slice((i * dimensions) + (w * samples), samples);
                var (trough, highest) = (0, float.MinValue);
                for (var t = 1; t < samples; t++)
                    if (snippet[t] < snippet[trough])
                        trough = t;
                foreach (var x in snippet[trough..])
                    highest = Math.Max(highest, x);
                (features[(i * 2 * wires) + w], features[(i * 2 * wires) + wires + w]) = (-snippet[trough] / noise, highest / noise);
                depths[i] = Math.Max(depths[i], -snippet[trough]);
            }
        }
        return (features, depths);
    }

    private static float[] Features(float[] points, int dimensions, List<int> members, int least, int most, out int axes)
    {
        var components = PrincipalComponents.Of(points, members, dimensions, least, most);
        axes = components.Count;
        var features = new float[members.Count * axes];
        for (var i = 0; i < members.Count; i++)
            components.Project(points.AsSpan(members[i] * dimensions, dimensions), features.AsSpan(i * axes, axes));
        return features;
    }

    /// <summary>Clusters whitened points; those of too few are left out.</summary>
    internal static List<List<int>> Divide(float[] points, int dimensions, int least)
    {
        var clusters = new List<List<int>>();
        Divide(points, dimensions, least, [.. Enumerable.Range(0, points.Length / dimensions)], 0, clusters);
        return clusters;
    }

    private static void Divide(float[] points, int dimensions, int least, List<int> members, int depth, List<List<int>> clusters)
    {
        if (members.Count < least)
            return;
        var features = Features(points, dimensions, members, 2, MostAxes, out var axes);
        var labels = IsoSplit.Cluster(features, axes);
        var count = labels.Max() + 1;
        if (count == 1 || depth == MostDepth)
        {
            clusters.Add(members);
            return;
        }
        for (var k = 0; k < count; k++)
            Divide(points, dimensions, least, [.. members.Where((_, i) => labels[i] == k)], depth + 1, clusters);
    }
}
