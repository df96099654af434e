using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tests.Electrophysiology;

/// <summary>The number of clusters is found; agreement and isolation are what they are defined as.</summary>
public sealed class ClusteringTests
{
    [Fact]
    public void One_mode_is_one_and_two_are_two()
    {
        var random = new RandomStream(3, "modes");
        float[] Sorted(int count, Func<int, double> middle) => [.. Enumerable.Range(0, count).Select(i => (float)(middle(i) + random.Normal())).Order()];
        // Normal, skewed, uniform: one mode each.
        Assert.InRange(Enumerable.Range(0, 20).Count(_ => IsoCut.Test(Sorted(1000, _ => 0)).Dip < 1), 17, 20);
        Assert.InRange(Enumerable.Range(0, 20).Count(_ => IsoCut.Test(Sorted(1000, _ => -3 * Math.Log(1 - random.Uniform()))).Dip < 1), 17, 20);
        Assert.InRange(Enumerable.Range(0, 20).Count(_ => IsoCut.Test(Sorted(1000, _ => 20 * random.Uniform())).Dip < 1), 15, 20);
        for (var round = 0; round < 10; round++)
        {
            var (dip, cut) = IsoCut.Test(Sorted(1000, i => i % 2 == 0 ? 0 : 5));
            Assert.True(dip > 2);
            Assert.InRange(cut, 1.8, 3.2);
            // A twentieth of them, further away.
            (dip, cut) = IsoCut.Test(Sorted(2000, i => i % 20 == 0 ? 8 : 0));
            Assert.True(dip > 1);
            Assert.InRange(cut, 2.5, 6.5);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 5)]
    [InlineData(6, 5)]
    public void The_number_of_clusters_is_found(int clusters, double distance)
    {
        const int Count = 3000, Dimensions = 6;
        var random = new RandomStream(clusters, "clusters");
        var (points, truth) = (new float[Count * Dimensions], new int[Count]);
        for (var i = 0; i < Count; i++)
        {
            truth[i] = i % clusters;
            // One is drawn out to one side, as a neuron that bursts is.
            var tail = truth[i] == 0 ? -2 * Math.Log(1 - random.Uniform()) : 0;
            for (var d = 0; d < Dimensions; d++)
                points[(i * Dimensions) + d] = (float)(random.Normal() + (d == truth[i] ? distance : 0) + (d == 0 ? tail : 0));
        }
        var found = IsoSplit.Cluster(points, Dimensions);
        Assert.Equal(clusters, found.Distinct().Count());
        Assert.True(SortingComparison.AdjustedRandIndex(truth, found) > 0.95);
    }

    [Fact]
    public void Agreement_is_as_defined()
    {
        // scikit-learn's example: adjusted_rand_score([0, 0, 1, 2], [0, 0, 1, 1]) = 0.5714...
        Assert.Equal(4.0 / 7, SortingComparison.AdjustedRandIndex([0, 0, 1, 2], [0, 0, 1, 1]), 1e-12);
        Assert.Equal(-0.5, SortingComparison.AdjustedRandIndex([0, 0, 1, 1], [0, 1, 0, 1]), 1e-12);
        Assert.Equal(1, SortingComparison.AdjustedRandIndex([5, 5, 7], [1, 1, 0]));
        var comparison = SortingComparison.Of([[100, 200, 300, 400], [1000, 2000]], [[212.1, 300, 388.1, 988], [1000, 1999, 2001], [5000]], 30000);
        // 0.4 ms are 12 samples: 100 is missed, 212.1 is too far, 988 is no spike of the first.
        Assert.Equal((0, 2), (comparison.Matches[0].Sorted, comparison.Matches[0].Both));
        Assert.Equal((2.0 / 6, 0.5, 0.5), (comparison.Matches[0].Accuracy, comparison.Matches[0].Recall, comparison.Matches[0].Precision));
        Assert.Equal((1, 2), (comparison.Matches[1].Sorted, comparison.Matches[1].Both));
        Assert.Equal(2.0 / 3, comparison.Matches[1].Accuracy, 1e-12);
        Assert.Equal((3, 2), (comparison.SortedUnits, comparison.FalseUnits));
    }

    [Fact]
    public void Isolation_is_as_defined()
    {
        // The 95th percentile of chi-squared with eight degrees of freedom.
        Assert.Equal(0.05, ClusterIsolation.Beyond(15.50731), 1e-6);
        var random = new RandomStream(2, "isolation");
        const int D = ClusterIsolation.Dimensions, Each = 2000;
        var (points, labels) = (new float[2 * Each * D], new int[2 * Each]);
        for (var i = 0; i < points.Length; i++)
            points[i] = (float)random.Normal();
        // The others are 10 away in one direction: of 100 and eight normal numbers, the largest of 2000.
        for (var i = Each; i < 2 * Each; i++)
            (points[i * D], labels[i]) = (points[i * D] + 10, 1);
        var (distance, ratio) = ClusterIsolation.Of(points, labels, 0);
        Assert.InRange(distance, 160, 260);
        Assert.InRange(ratio, 0, 1e-4);
        // Not apart at all: half of the others are nearer than half of its own, and each might be its own.
        Array.Fill(labels, 0);
        for (var i = 0; i < Each; i++)
            labels[2 * i % Each] = 1;
        (_, ratio) = ClusterIsolation.Of([.. points.Take(Each * D)], [.. labels.Take(Each)], 0);
        Assert.InRange(ratio, 0.45, 0.55);
    }

    [Fact]
    public void Snippets_alone_are_clustered_however_they_were_cut_out()
    {
        const int Wires = 4, Samples = 50, Count = 1500;
        var random = new RandomStream(9, "snippets");
        double[][] footprints = [[60, 30, 20, 10], [20, 60, 10, 40], [15, 20, 70, 45]];
        var (snippets, truth) = (new float[Count * Wires * Samples], new int[Count]);
        for (var i = 0; i < Count; i++)
        {
            truth[i] = i % 3;
            var late = (int)(3 * random.Uniform());
            for (var wire = 0; wire < Wires; wire++)
            {
                var slow = 0.0;
                for (var t = 0; t < Samples; t++)
                {
                    slow = (0.8 * slow) + (3 * random.Normal());
                    var at = (t - 14 - late) / (3.0 + truth[i]);
                    snippets[(((i * Wires) + wire) * Samples) + t] = (float)Math.Round(slow + (2 * random.Normal()) - (footprints[truth[i]][wire] * Math.Exp(-at * at)));
                }
            }
        }
        var labels = SnippetClustering.Label(snippets, Wires, Samples);
        Assert.True(SortingComparison.AdjustedRandIndex(truth, labels) > 0.97, $"adjusted Rand index {SortingComparison.AdjustedRandIndex(truth, labels):F3}");
        Assert.Empty(SnippetClustering.Label([], Wires, Samples));
    }
}
