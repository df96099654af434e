using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison;

public class EncodingComparisonTests
{
    private const int Bins = 6000;

    [Fact]
    public void Planted_units_get_their_class_and_lag_and_others_get_none()
    {
        var random = new RandomStream(11, "planted");
        var network = PlantedCounts.Features(random, Bins, 6, memory: 0.8);
        var movement = PlantedCounts.Features(random, Bins, 5, memory: 0.9);
        (int Class, int Lag)[] plan = [(0, -20), (1, 10), (0, 0), (1, -40), (0, 8), (1, 0), (0, -6), (1, -10), (0, -30), (1, 4)];
        var driven = plan.Select((planted, i) => PlantedCounts.Driven(random, planted.Class == 0 ? network : movement,
            PlantedCounts.Weights(random, planted.Class == 0 ? 6 : 5, 0.6), 0.06 + (0.02 * i), planted.Lag));
        var unrelated = Enumerable.Range(0, 40).Select(i => PlantedCounts.Driven(random, network, new double[6], 0.02 + (0.01 * i), 0));
        var counts = PlantedCounts.Columns([.. driven, .. unrelated]);
        FeatureClass[] classes = [Class("network", FeatureKind.Computational, network), Class("movement", FeatureKind.Representational, movement)];
        string[] names = [.. Enumerable.Range(0, 50).Select(i => $"unit {i}")];
        var result = EncodingComparison.Run(counts, names, classes, new());

        for (var unit = 0; unit < plan.Length; unit++)
        {
            var scores = result.Units[unit];
            Assert.True(scores.IsPredicted, names[unit]);
            Assert.Equal(plan[unit].Class, scores.Leading);
            Assert.InRange(scores.Classes[scores.Leading].LagMs - (plan[unit].Lag * 20), -40, 40);
            Assert.InRange(scores.Classes[scores.Leading].BitsPerSpike, 0.05, 0.5);
            Assert.InRange(scores.Classes[scores.Leading].PseudoR2, 0.005, 0.5);
            Assert.Equal(counts.Column(unit).Sum() / (Bins * 0.02), scores.RateHz, 1e-9);
        }
        Assert.InRange(result.Units.Skip(plan.Length).Count(unit => unit.IsPredicted), 0, 2);
        Assert.Equal(result.Units.Count(unit => unit.IsPredicted), result.BestCounts().Sum());
        Assert.All(result.BestCounts(), count => Assert.InRange(count, 5, 7));
        Assert.Equal(0, result.Unconverged);
        Assert.Equal(plan.Length, result.ComputationalAgainstRepresentational().Count(pair => result.Units.Take(plan.Length).Any(unit => unit.Unit == pair.Unit)));
    }

    [Fact]
    public void The_benchmarks_score_is_that_of_the_tested_bins_of_all_folds()
    {
        const int Folds = 6;
        var random = new RandomStream(19, "benchmark");
        var features = PlantedCounts.Features(random, 3000, 3);
        var counts = PlantedCounts.Columns([PlantedCounts.Driven(random, features, [0.5, 0, 0.2], 0.3, 0), PlantedCounts.Driven(random, features, [0, -0.4, 0], 0.1, 0)]);
        var result = EncodingComparison.Run(counts, ["a", "b"], [Class("all", default, features)], new() { LeastLagMs = 0, MostLagMs = 0, Folds = Folds });

        var (expected, folds) = (new Matrix(3000, 2), new ContiguousFolds(new(0, 3000), Folds, 0));
        for (var fold = 0; fold < Folds; fold++)
        {
            int[] train = [.. folds.Trains[fold].SelectMany(range => Enumerable.Range(range.Start, range.Length))], test = [.. Enumerable.Range(folds.Tests[fold].Start, folds.Tests[fold].Length)];
            for (var unit = 0; unit < 2; unit++)
            {
                var predicted = new PoissonRegression().Fit(features.Take(train), [.. train.Select(t => counts[t, unit])]).Predict(features.Take(test));
                for (var i = 0; i < test.Length; i++)
                    expected[test[i], unit] = predicted[i];
            }
        }
        Assert.Equal(NeuralLatentsScores.BitsPerSpike(counts, expected), Assert.Single(result.BenchmarkBitsPerSpike), 1e-6);
        Assert.InRange(result.BenchmarkBitsPerSpike[0], 0.05, 0.5);
    }

    [Fact]
    public void Scores_are_the_same_on_one_thread_as_on_many()
    {
        var random = new RandomStream(12, "threads");
        var features = PlantedCounts.Features(random, 2500, 4);
        var counts = PlantedCounts.Columns([.. Enumerable.Range(0, 35).Select(_ => PlantedCounts.Driven(random, features, [0.3, 0, 0.2, 0], 0.3, 0))]);
        string[] names = [.. Enumerable.Range(0, 35).Select(i => $"{i}")];
        var options = new EncodingOptions { LeastLagMs = -200, MostLagMs = 100, LagStepMs = 100, Folds = 6 };
        var one = EncodingComparison.Run(counts, names, [Class("all", default, features)], options with { Threads = 1 });
        var many = EncodingComparison.Run(counts, names, [Class("all", default, features)], options with { Threads = 5 });
        for (var unit = 0; unit < 35; unit++)
            Assert.Equal(one.Units[unit].Classes[0].LagBitsPerSpike, many.Units[unit].Classes[0].LagBitsPerSpike);
    }

    [Fact]
    public void Each_unit_takes_the_ridge_that_suits_it()
    {
        // Many features and few spikes want a strong one; a unit that one feature drives hard wants a weak one.
        var random = new RandomStream(16, "ridge");
        var features = PlantedCounts.Features(random, 4000, 40, memory: 0.5);
        var strong = new double[40];
        strong[0] = 1.2;
        double[][] units = [PlantedCounts.Driven(random, features, strong, 0.5, 0), PlantedCounts.Driven(random, features, PlantedCounts.Weights(random, 40, 0.3), 0.06, 0)];
        var options = new EncodingOptions { LeastLagMs = 0, MostLagMs = 0 };
        EncodingResult Run(params double[] alphas) => EncodingComparison.Run(PlantedCounts.Columns(units), ["strong", "weak"], [Class("all", default, features)], options with { Alphas = alphas });
        var (low, high, chosen) = (Run(1e-4), Run(0.1), Run(0.1, 1e-4));
        Assert.InRange(chosen.Units[0].Classes[0].Alpha, 0.9999e-4, 1e-3);
        Assert.InRange(chosen.Units[1].Classes[0].Alpha, 1e-2, 0.10001);
        Assert.True(low.Units[0].Classes[0].BitsPerSpike > high.Units[0].Classes[0].BitsPerSpike);
        Assert.True(high.Units[1].Classes[0].BitsPerSpike > low.Units[1].Classes[0].BitsPerSpike);
        Assert.Equal(low.Units[0].Classes[0].BitsPerSpike, chosen.Units[0].Classes[0].BitsPerSpike, 0.02);
        Assert.Equal(high.Units[1].Classes[0].BitsPerSpike, chosen.Units[1].Classes[0].BitsPerSpike, 0.05);
        Assert.Throws<ClosedLoopException>(() => Run());
        Assert.Throws<ClosedLoopException>(() => Run(0));
    }

    [Fact]
    public void Elastic_nets_do_better_than_a_ridge_where_few_of_many_features_matter()
    {
        var random = new RandomStream(17, "net");
        var features = PlantedCounts.Features(random, 2500, 30, memory: 0.3);
        var sparse = new double[30];
        (sparse[3], sparse[17]) = (0.6, -0.5);
        double[][] units = [PlantedCounts.Driven(random, features, sparse, 0.15, 0), PlantedCounts.Driven(random, features, new double[30], 0.15, 0)];
        var options = new EncodingOptions { LeastLagMs = 0, MostLagMs = 0, Folds = 6 };
        EncodingResult Run(double ratio) => EncodingComparison.Run(PlantedCounts.Columns(units), ["sparse", "none"], [Class("all", default, features)], options with { ElasticNetRatio = ratio });
        var (ridge, net) = (Run(0), Run(0.5));
        Assert.Equal((0, 0.5), (ridge.ElasticNetRatio, net.ElasticNetRatio));
        var (of, judged) = (ridge.Units[0].Classes[0], net.Units[0].Classes[0]);
        Assert.True(judged.BitsPerSpike > of.BitsPerSpike + 0.01, $"{judged.BitsPerSpike} and {of.BitsPerSpike}");
        Assert.True(judged.PseudoR2 > of.PseudoR2);
        Assert.True(net.Units[0].IsPredicted && !net.Units[1].IsPredicted);
        // With nothing to say, few features have a say, and little is lost.
        Assert.InRange(net.Units[1].Classes[0].BitsPerSpike, ridge.Units[1].Classes[0].BitsPerSpike, 0.02);
        // Curves over lags are the ridge's.
        Assert.Equal(of.LagBitsPerSpike, judged.LagBitsPerSpike);
        Assert.Throws<ClosedLoopException>(() => Run(1.5));
    }

    [Fact]
    public void Units_with_too_few_spikes_are_not_judged()
    {
        var random = new RandomStream(13, "few");
        var features = PlantedCounts.Features(random, 2500, 3);
        var few = new double[2500];
        Array.Fill(few, 1, 100, 60);
        var counts = PlantedCounts.Columns(new double[2500], few, PlantedCounts.Driven(random, features, [0.5, 0, 0], 0.3, 0));
        var result = EncodingComparison.Run(counts, ["silent", "once", "driven"], [Class("all", default, features)], new() { LeastLagMs = 0, MostLagMs = 0 });
        Assert.Equal([-1, -1, 0], result.Units.Select(unit => unit.Leading));
        Assert.Equal(1, result.Judged);
        Assert.True(double.IsNaN(result.Units[1].Classes[0].P));
        Assert.True(result.Units[2].IsPredicted);
    }

    [Fact]
    public void It_ends_when_it_is_asked_to()
    {
        var random = new RandomStream(14, "cancel");
        var features = PlantedCounts.Features(random, 2500, 3);
        var counts = PlantedCounts.Columns(PlantedCounts.Driven(random, features, [0.5, 0, 0], 0.3, 0));
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => EncodingComparison.Run(counts, ["a"], [Class("all", default, features)], new(), null, cancellation.Token));
    }

    [Fact]
    public void Lags_hold_zero_and_stay_between_their_ends()
    {
        Assert.Equal([-50, -49], new EncodingOptions().LagBins().Take(2));
        Assert.Equal(15, new EncodingOptions().LagBins()[^1]);
        Assert.Equal([-4, -2, 0, 2], new EncodingOptions { LeastLagMs = -100, MostLagMs = 60, LagStepMs = 40 }.LagBins());
        Assert.Equal([0], new EncodingOptions { LeastLagMs = 0, MostLagMs = 0 }.LagBins());
        Assert.Throws<ClosedLoopException>(() => new EncodingOptions { LeastLagMs = 10, MostLagMs = -10, BinMs = 5 }.LagBins());
    }

    [Fact]
    public void Smoothing_keeps_the_mean_of_a_constant_and_components_are_uncorrelated()
    {
        var random = new RandomStream(15, "components");
        var features = PlantedCounts.Features(random, 1000, 3);
        for (var t = 0; t < 1000; t++)
            features[t, 2] = 100 + (20 * features[t, 0]) + (0.1 * features[t, 2]);
        var smooth = Class("a", default, Matrix.Of([.. Enumerable.Repeat(new[] { 3.0 }, 50)])).Smoothed(4);
        Assert.All(smooth.Features.Values, x => Assert.Equal(3, x, 1e-12));
        var reduced = Class("a", default, features).Reduced(2);
        var covariance = reduced.Features.Covariance(0);
        Assert.Equal(0, covariance[0, 1], 1e-9);
        // Columns 0 and 2 are one and the same but for their scale.
        Assert.Equal(2, covariance[0, 0], 0.1);
        Assert.Equal(1, covariance[1, 1], 0.1);
    }

    [Fact]
    public void A_moment_unlike_all_others_is_kept_within_bounds()
    {
        var features = PlantedCounts.Features(new RandomStream(17, "clip"), 1000, 2);
        features[500, 0] = 1e4;
        var clipped = Class("a", default, features).Clipped(6).Features;
        var deviation = Math.Sqrt(features.Covariance(0)[0, 0]);
        Assert.Equal(features.Means()[0] + (6 * deviation), clipped[500, 0], 1e-6);
        Assert.Equal(features.Row(499), clipped.Row(499));
        Assert.Equal(features.Column(1), clipped.Column(1));
    }

    [Fact]
    public void Bins_that_cannot_be_used_change_nothing()
    {
        // What stands in bins that are marked, in counts or in features, has no say; and folds test as many bins as before.
        var random = new RandomStream(18, "masked");
        var features = PlantedCounts.Features(random, 4000, 3, 0.6);
        var counts = PlantedCounts.Columns(PlantedCounts.Driven(random, features, [0.8, 0, 0.3], 0.3, 2));
        var options = new EncodingOptions { LeastLagMs = -40, MostLagMs = 60, LagStepMs = 20, Folds = 6 };
        bool[] usableCounts = [.. Enumerable.Range(0, 4000).Select(t => t is < 700 or > 720)], usableFeatures = [.. Enumerable.Range(0, 4000).Select(t => t is < 2000 or > 2300)];
        EncodingResult Run() => EncodingComparison.Run(new EncodingData(counts, ["a"], [Class("all", default, features)]) { UsableCounts = usableCounts, UsableFeatures = usableFeatures }, options);
        var before = Run();
        var spikes = Enumerable.Range(0, 4000).Where(t => usableCounts[t]).Sum(t => counts[t, 0]);
        Assert.Equal(spikes / (usableCounts.Count(usable => usable) * 0.02), before.Units[0].RateHz, 1e-9);
        Assert.Equal(40, before.Units[0].Classes[0].LagMs);
        Assert.True(before.Units[0].IsPredicted);
        for (var t = 700; t <= 720; t++)
            counts[t, 0] = 40;
        // The mean and scale of a class are those of all its bins: what stands in bins that are not used is only exchanged.
        for (var j = 0; j < 3; j++)
            for (var t = 2000; t < 2150; t++)
                (features[t, j], features[4300 - t, j]) = (features[4300 - t, j], features[t, j]);
        var after = Run();
        for (var lag = 0; lag < before.LagsMs.Length; lag++)
            Assert.Equal(before.Units[0].Classes[0].LagBitsPerSpike[lag], after.Units[0].Classes[0].LagBitsPerSpike[lag], 1e-6);
        var stretches = new EncodingData(counts, ["a"], []) { UsableCounts = usableCounts, UsableFeatures = usableFeatures }.Usable(-2, 3);
        Assert.Equal([new(3, 700), new(721, 1998), new(2304, 3998)], stretches);
        var folds = ContiguousFolds.OfStretches(stretches, 6, 5);
        var bins = stretches.Sum(stretch => stretch.Length);
        Assert.Equal(bins, folds.TestRanges.Sum(ranges => ranges.Sum(range => range.Length)));
        Assert.All(folds.TestRanges, ranges => Assert.InRange(ranges.Sum(range => range.Length), (bins / 6) - 1, (bins / 6) + 1));
        Assert.All(Enumerable.Range(0, 6), k => Assert.All(folds.Trains[k], range => Assert.True(range.End <= folds.Tests[k].Start - 5 || range.Start >= folds.Tests[k].End + 5)));
    }

    [Fact]
    public void Constant_features_are_dropped_by_name_and_broken_ones_refused()
    {
        var (kept, dropped) = Class("a", default, Matrix.Of([1, 5], [2, 5], [3, 5])).WithoutConstants();
        Assert.Equal(["feature 0"], kept.FeatureNames);
        Assert.Equal(["feature 1"], dropped);
        Assert.Contains("'a'", Assert.Throws<ClosedLoopException>(() => Class("a", default, Matrix.Of([5], [5])).WithoutConstants()).Message, StringComparison.Ordinal);
        Assert.Contains("'feature 1'", Assert.Throws<ClosedLoopException>(() => Class("a", default, Matrix.Of([1, double.NaN], [2, 5])).WithoutConstants()).Message, StringComparison.Ordinal);
    }

    private static FeatureClass Class(string name, FeatureKind kind, Matrix features) =>
        new(name, kind, [.. Enumerable.Range(0, features.Columns).Select(j => $"feature {j}")], features);
}
