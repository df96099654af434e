namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Clusters snippets: by <see cref="IsoSplit"/> in their principal components, and each cluster again in its own, in which
/// what divides it is not hidden by what divides the others, until none divides (as MountainSort 5 does).
/// </summary>
public static class SnippetClustering
{
    private const int MostAxes = 10, MostDepth = 4;

    /// <summary>Clusters snippets of which there is nothing else: no noise between them to whiten by.</summary>
    /// <param name="snippets">Snippet by snippet, each wire by wire.</param>
    /// <param name="wires">Wires of a snippet.</param>
    /// <param name="samples">Samples of a wire.</param>
    /// <param name="leastSpikes">Snippets of a cluster, at least.</param>
    /// <returns>By snippet its cluster, from 0 on; -1: it is in none of so many.</returns>
    public static int[] Label(ReadOnlySpan<float> snippets, int wires, int samples, int leastSpikes = 25)
    {
        var dimensions = wires * samples;
        var count = snippets.Length / dimensions;
        var points = snippets[..(count * dimensions)].ToArray();
        var before = new float[count * Math.Min(4, samples)];
        for (var w = 0; w < wires && count > 0; w++)
        {
            // The noise of a wire is what it is before the spikes.
            for (var i = 0; i < before.Length; i++)
                before[i] = Math.Abs(points[(i % count * dimensions) + (w * samples) + (i / count)]);
            var scale = 0.6745f / Math.Max(1e-6f, Selection.Median(before));
            for (var i = 0; i < count; i++)
                for (var t = 0; t < samples; t++)
                    points[(i * dimensions) + (w * samples) + t] *= scale;
        }
        var labels = new int[count];
        Array.Fill(labels, -1);
        var clusters = Divide(points, dimensions, leastSpikes);
        for (var k = 0; k < clusters.Count; k++)
            foreach (var i in clusters[k])
                labels[i] = k;
        return labels;
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
        var components = PrincipalComponents.Of(points, members, dimensions, 2, MostAxes);
        var features = new float[members.Count * components.Count];
        for (var i = 0; i < members.Count; i++)
            components.Project(points.AsSpan(members[i] * dimensions, dimensions), features.AsSpan(i * components.Count, components.Count));
        var labels = IsoSplit.Cluster(features, components.Count);
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
