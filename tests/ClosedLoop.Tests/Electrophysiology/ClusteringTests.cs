using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
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
        var comparison = SortingComparison.Of([[100, 200, 300, 400], [1000, 2000]], [[988, 212.1, 300, 388.1], [1999, 2001, 1000], [5000]], 30000);
        // 0.4 ms are 12 samples: 100 is missed, 212.1 is too far, 988 is the other's.
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

    [SkippableTheory]
    [InlineData(2, 0.5)]
    [InlineData(8, 0.5)]
    public void Real_snippets_are_clustered_nearly_as_people_do(int tetrode, double least)
    {
        var folder = TestData.Require("ephys/axona");
        var (snippets, cut) = Axona(File.ReadAllBytes(Path.Combine(folder, $"DVH_2013103103.{tetrode}")), File.ReadAllText(Path.Combine(folder, $"DVH_2013103103_{tetrode}.cut")));
        var labels = SnippetClustering.Label(snippets, 4, 50);
        // As agreement is judged: on what a person gave to a unit.
        int[] judged = [.. Enumerable.Range(0, cut.Length).Where(i => cut[i] > 0)];
        var index = SortingComparison.AdjustedRandIndex([.. judged.Select(i => cut[i])], [.. judged.Select(i => labels[i])]);
        Assert.True(index > least, $"adjusted Rand index {index:F3}, of all {SortingComparison.AdjustedRandIndex(cut, labels):F3}; {labels.Max() + 1} clusters, {cut.Distinct().Count()} cut");
    }

    /// <summary>Snippets with the trough down, in counts, and the cut.</summary>
    private static (float[] Snippets, int[] Cut) Axona(byte[] file, string cut)
    {
        var start = file.AsSpan().IndexOf("data_start"u8) + 10;
        var count = int.Parse(Regex.Match(Encoding.ASCII.GetString(file, 0, start), @"num_spikes (\d+)").Groups[1].Value);
        var snippets = new float[count * 200];
        for (var i = 0; i < count; i++)
            for (var wire = 0; wire < 4; wire++)
            {
                var record = file.AsSpan(start + (i * 216) + (wire * 54), 54);
                Assert.True(BinaryPrimitives.ReadUInt32BigEndian(record) > 0);
                for (var t = 0; t < 50; t++)
                    snippets[(i * 200) + (wire * 50) + t] = -(sbyte)record[4 + t];
            }
        var labels = Regex.Match(cut, @"Exact_cut_for:.*spikes: (\d+)\s*(.*)", RegexOptions.Singleline);
        int[] numbers = [.. labels.Groups[2].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        Assert.Equal(count, numbers.Length);
        return (snippets, numbers);
    }
}
