namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Clusters snippets: by <see cref="IsoSplit"/> in their principal components, and each cluster again in its own, in which
/// what divides it is not hidden by what divides the others, until none divides (as MountainSort 5 does).
/// </summary>
public static class SnippetClustering
{
    private const int MostAxes = 10, MostDepth = 4;

    /// <summary>
    /// Clusters snippets of which there is nothing else: no noise between them to whiten by. NB: a unit in the midst of a
    /// cloud of distant spikes, which a person cuts out as its dense part, has no valley about it and stays with the cloud.
    /// </summary>
    /// <param name="snippets">Snippet by snippet, each wire by wire.</param>
    /// <param name="wires">Wires of a snippet.</param>
    /// <param name="samples">Samples of a wire.</param>
    /// <param name="leastSpikes">Snippets of a cluster, at least.</param>
    /// <returns>By snippet its cluster, from 0 on; -1: it is in none of so many.</returns>
    public static int[] Label(ReadOnlySpan<float> snippets, int wires, int samples, int leastSpikes = 25)
    {
        var dimensions = wires * samples;
        var count = snippets.Length / dimensions;
        var points = White(snippets[..(count * dimensions)], wires, samples);
        var labels = new int[count];
        Array.Fill(labels, -1);
        var clusters = Divide(points, dimensions, leastSpikes);
        for (var k = 0; k < clusters.Count; k++)
            foreach (var i in clusters[k])
                labels[i] = k;
        return labels;
    }

    /// <summary>
    /// Whitens by the covariance of the differences between neighbours, which are mostly of one neuron: two snippets that are
    /// nearest in half of their samples differ in the other half by their noise.
    /// </summary>
    private static void Whiten(float[] points, int dimensions)
    {
        const int Most = 2000;
        var count = points.Length / dimensions;
        var step = Math.Max(1, count / Most);
        int[] sample = [.. Enumerable.Range(0, Math.Min(count, Most)).Select(i => i * step)];
        var covariance = new double[dimensions * dimensions];
        var components = PrincipalComponents.Of(points, sample, dimensions, 6, 6);
        var places = new float[sample.Length * components.Count];
        for (var i = 0; i < sample.Length; i++)
            components.Project(points.AsSpan(sample[i] * dimensions, dimensions), places.AsSpan(i * components.Count, components.Count));
        var difference = new float[dimensions];
        for (var i = 0; i < sample.Length; i++)
        {
            var (nearest, distance) = (-1, float.MaxValue);
            for (var j = 0; j < sample.Length; j++)
            {
                var sum = 0f;
                for (var k = 0; k < components.Count; k++)
                    sum += (places[(i * components.Count) + k] - places[(j * components.Count) + k]) * (places[(i * components.Count) + k] - places[(j * components.Count) + k]);
                if (j != i && sum < distance)
                    (nearest, distance) = (j, sum);
            }
            for (var d = 0; d < dimensions; d++)
                difference[d] = points[(sample[i] * dimensions) + d] - points[(sample[nearest] * dimensions) + d];
            for (var a = 0; a < dimensions; a++)
                for (var b = 0; b < dimensions; b++)
                    covariance[(a * dimensions) + b] += difference[a] * difference[b] / 2.0 / sample.Length;
        }
        var metric = NoiseMetric.Of(covariance, dimensions, 0.1);
        for (var i = 0; i < count; i++)
        {
            var point = points.AsSpan(i * dimensions, dimensions);
            metric.Whiten(point, point);
        }
    }

    /// <summary>
    /// Moves each snippet so that its deepest trough is where most have theirs: they were cut out at a threshold, which a large
    /// spike crosses earlier.
    /// </summary>
    private static float[] Aligned(ReadOnlySpan<float> snippets, int wires, int samples)
    {
        var dimensions = wires * samples;
        var (count, aligned) = (snippets.Length / dimensions, snippets.ToArray());
        var troughs = new int[count];
        for (var i = 0; i < count; i++)
        {
            var deepest = 0;
            for (var d = 0; d < dimensions; d++)
                if (snippets[(i * dimensions) + d] < snippets[(i * dimensions) + deepest])
                    deepest = d;
            troughs[i] = deepest % samples;
        }
        if (count == 0)
            return aligned;
        var usual = troughs.GroupBy(trough => trough).MaxBy(group => group.Count())!.Key;
        for (var i = 0; i < count; i++)
        {
            var shift = Math.Clamp(troughs[i] - usual, -samples / 8, samples / 8);
            for (var w = 0; w < wires; w++)
                for (var t = 0; t < samples; t++)
                    aligned[(i * dimensions) + (w * samples) + t] = snippets[(i * dimensions) + (w * samples) + Math.Clamp(t + shift, 0, samples - 1)];
        }
        return aligned;
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

    private static float[] White(ReadOnlySpan<float> snippets, int wires, int samples)
    {
        var points = Aligned(snippets, wires, samples);
        if (points.Length >= 2 * wires * samples)
            Whiten(points, wires * samples);
        return points;
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
