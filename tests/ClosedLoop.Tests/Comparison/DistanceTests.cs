using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison;

public class DistanceTests
{
    private static readonly Matrix X = Matrix.Of([0, 0], [1, 0], [0, 1], [1, 1]);
    private static readonly Matrix Y = Matrix.Of([0.5, 0.5], [1.5, 0.5], [0.5, 2], [2, 2]);

    [Fact]
    public void Distances_have_their_known_values()
    {
        Assert.Equal(0.23762058115259954, MaximumMeanDiscrepancy.Squared(X, Y, 1), 1e-12);
        Assert.Equal(1.118033988749895, MaximumMeanDiscrepancy.MedianDistance(X, Y), 1e-12);
        Assert.Equal(0.2352217621763194, MaximumMeanDiscrepancy.Squared(X, Y), 1e-12);
        Assert.Equal(1.0749618430028165, GaussianWasserstein.Squared(X, Y), 1e-8);
        var half = Math.Sqrt(0.5);
        Assert.Equal(0.8354140689901426, SlicedWasserstein.Distance(X, Y, Matrix.Of([1, 0], [0, 1], [half, half])), 1e-8);
    }

    [Fact]
    public void Distances_of_a_sample_to_itself_vanish_and_grow_with_a_shift()
    {
        Assert.Equal(0, MaximumMeanDiscrepancy.Squared(X, X, 1), 1e-12);
        Assert.Equal(0, GaussianWasserstein.Squared(X, X), 1e-9);
        Assert.Equal(0, SlicedWasserstein.Distance(X, X), 1e-12);
        var shifted = Matrix.Of([3, 4], [4, 4], [3, 5], [4, 5]);
        Assert.Equal(25, GaussianWasserstein.Squared(X, shifted), 1e-9);
        // The mean square of a shift of 5 along random directions of the plane is 25 / 2.
        Assert.Equal(Math.Sqrt(12.5), SlicedWasserstein.Distance(X, shifted, directions: 20_000), 0.05);
        Assert.Contains("as many", Assert.Throws<ClosedLoopException>(() => SlicedWasserstein.Distance(X, Matrix.Of([1, 2]))).Message, StringComparison.Ordinal);
        Assert.Contains("dimensions", Assert.Throws<ClosedLoopException>(() => MaximumMeanDiscrepancy.Squared(X, Matrix.Of([1.0]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classifier_tells_distributions_apart_as_well_as_can_be()
    {
        var random = new RandomStream(31, "samples");
        Matrix Samples(double mean) => new(600, 1, [.. Enumerable.Range(0, 600).Select(_ => mean + random.Normal())]);
        Assert.Equal(0.5, ClassifierTwoSampleTest.NearestNeighbours(Samples(0), Samples(0)), 0.06);
        // N(0, 1) against N(4, 1): the best there is has Phi(2) = 0.97725.
        Assert.Equal(0.97725, ClassifierTwoSampleTest.NearestNeighbours(Samples(0), Samples(4)), 0.02);
    }

    [Fact]
    public void Logistic_regression_tells_apart_what_differs_in_mean_or_spread()
    {
        var random = new RandomStream(34, "logistic");
        Matrix Samples(double mean, double spread) => new(400, 2, [.. Enumerable.Range(0, 800).Select(k => k % 2 == 0 ? mean + (spread * random.Normal()) : random.Normal())]);
        Assert.Equal(0.5, ClassifierTwoSampleTest.LogisticRegression(Samples(0, 1), Samples(0, 1)), 0.07);
        // N(0, 1) against N(4, 1): the best there is has Phi(2) = 0.97725; in held-out halves as in fifths.
        Assert.Equal(0.97725, ClassifierTwoSampleTest.LogisticRegression(Samples(0, 1), Samples(4, 1)), 0.02);
        Assert.Equal(0.97725, ClassifierTwoSampleTest.LogisticRegression(Samples(0, 1), Samples(4, 1), folds: 2), 0.025);
        // Standard deviations 1 and 4 cross at |x| = 1.720: (P(|z| < 1.720) + 1 - P(|z| < 1.720 / 4)) / 2 = 0.7909.
        Assert.Equal(0.7909, ClassifierTwoSampleTest.LogisticRegression(Samples(0, 1), Samples(0, 4)), 0.05);
        // Sets that never meet have no optimum without the ridge.
        Assert.Equal(1, ClassifierTwoSampleTest.LogisticRegression(Samples(0, 0.01), Samples(100, 0.01)));
        Assert.Throws<ClosedLoopException>(() => ClassifierTwoSampleTest.LogisticRegression(X, Matrix.Of([1, 2], [3, 4])));
    }

    [Fact]
    public void Logistic_regression_is_at_its_optimum()
    {
        // Three samples at 0 and one at 1 in one set, one at 0 and three at 1 in the other: without a ridge the odds at each
        // place are those of the counts, and the boundary stands between.
        var samples = Matrix.Of([0], [0], [0], [1], [0], [1], [1], [1]);
        var classifier = LogisticClassifier.Fit(samples, [false, false, false, false, true, true, true, true], 1e-9);
        Assert.False(classifier.IsSecond([0.49]));
        Assert.True(classifier.IsSecond([0.51]));
        // With nine to one at 0 the boundary moves to where the log odds are 0: -ln 9 + x (ln 9 + ln 3) = 0.
        var tilted = Matrix.Of([.. Enumerable.Repeat(new[] { 0.0 }, 10), .. Enumerable.Repeat(new[] { 1.0 }, 4)]);
        var moved = LogisticClassifier.Fit(tilted, [.. Enumerable.Range(0, 14).Select(i => i is 9 or 11 or 12 or 13)], 1e-9);
        var boundary = Math.Log(9) / (Math.Log(9) + Math.Log(3));
        Assert.False(moved.IsSecond([boundary - 1e-4]));
        Assert.True(moved.IsSecond([boundary + 1e-4]));
    }

    [Fact]
    public void Behaviours_lie_as_far_apart_as_they_were_put()
    {
        var random = new RandomStream(35, "behaviours");
        var (features, labels) = (PlantedCounts.Features(random, 3000, 12, memory: 0), new string[3000]);
        string[] names = ["rest", "rear", "walk", ""];
        for (var t = 0; t < 3000; t++)
        {
            labels[t] = names[t / 50 % 4];
            if (labels[t] == "walk")
                for (var j = 0; j < 12; j++)
                    features[t, j] += 2;
        }
        var found = BehaviourDistance.Of([new("pose", default, [.. Enumerable.Range(0, 12).Select(j => $"{j}")], features)], labels);
        Assert.Equal([("rear", "rest"), ("rear", "walk"), ("rest", "walk")], found.Select(of => (of.Behaviour, of.Other)));
        Assert.All(found, of => Assert.Equal(("pose", 400), (of.Class, of.Samples)));
        var (same, apart) = (found[0], found[1]);
        Assert.Equal(0.5, same.LogisticAccuracy, 0.07);
        Assert.Equal(0.5, same.NeighbourAccuracy, 0.07);
        Assert.InRange(apart.LogisticAccuracy, 0.97, 1);
        Assert.InRange(apart.NeighbourAccuracy, 0.95, 1);
        Assert.True(apart.SlicedWasserstein > 5 * same.SlicedWasserstein && apart.GaussianWasserstein > 3 * same.GaussianWasserstein && apart.MaximumMeanDiscrepancy > 10 * same.MaximumMeanDiscrepancy);
        Assert.Empty(BehaviourDistance.Of([new("pose", default, ["0"], new Matrix(3, 1))], ["rest", "rest", "rest"]));
    }

    [Fact]
    public void Bits_per_spike_of_the_benchmark_have_their_known_value()
    {
        var counts = Matrix.Of([0, 2], [1, 0], [0, 1], [3, 1]);
        var rates = Matrix.Of([0.4, 1.2], [0.9, 0.5], [0.3, 0.8], [2.1, 1.1]);
        Assert.Equal(0.5513369574226973, NeuralLatentsScores.BitsPerSpike(counts, rates), 1e-12);
        // What was not measured does not count, whatever is expected there.
        var more = Matrix.Of([0, 2], [1, 0], [0, 1], [3, 1], [double.NaN, double.NaN]);
        var expected = Matrix.Of([0.4, 1.2], [0.9, 0.5], [0.3, 0.8], [2.1, 1.1], [9, 9]);
        Assert.Equal(0.5513369574226973, NeuralLatentsScores.BitsPerSpike(more, expected), 1e-12);
        Assert.True(double.IsFinite(NeuralLatentsScores.BitsPerSpike(counts, new Matrix(4, 2))));
    }

    [Fact]
    public void Discriminant_finds_the_boundary_between_two_clouds()
    {
        var random = new RandomStream(32, "clouds");
        var samples = new Matrix(900, 2);
        var labels = Enumerable.Range(0, 900).Select(i => i % 3).ToArray();
        for (var i = 0; i < 900; i++)
        {
            var shared = random.Normal();
            (samples[i, 0], samples[i, 1]) = ((labels[i] * 1.0) + shared, (labels[i] * -1.0) + shared + (0.5 * random.Normal()));
        }
        // The difference of the columns says it all: 2 apart with a standard deviation of 0.5, so Phi(2) at the ends.
        Assert.Equal(0.9697, LinearDiscriminant.CrossValidatedAccuracy(samples, labels, 3), 0.02);
        Assert.Equal(1.0 / 3, LinearDiscriminant.CrossValidatedAccuracy(samples, [.. labels.Select(_ => (int)(random.Uniform() * 3))], 3), 0.07);
        Assert.Contains("condition 3", Assert.Throws<ClosedLoopException>(() => LinearDiscriminant.Fit(samples, labels, 4)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variability_is_relative_to_all_bins()
    {
        var random = new RandomStream(33, "variability");
        var features = PlantedCounts.Features(random, 4000, 3, memory: 0);
        var labels = Enumerable.Range(0, 4000).Select(t => t < 2000 ? 0 : t < 3999 ? 1 : 2).ToArray();
        for (var t = 0; t < 2000; t++)
            for (var j = 0; j < 3; j++)
                features[t, j] *= j == 0 ? 3 : 0;
        var found = BehaviourVariability.Of(features, labels, ["walk", "rest", "once"]);
        Assert.Equal(["walk", "rest"], found.Select(of => of.Behaviour));
        // Of all bins the variances are 5, 0.5 and 0.5.
        Assert.Equal(9.0 / 5 / 3, found[0].MeanVariance, 0.05);
        Assert.Equal(1, found[0].EffectiveDimensions, 1e-6);
        Assert.Equal((0.2 + 2 + 2) / 3, found[1].MeanVariance, 0.08);
        Assert.InRange(found[1].EffectiveDimensions, 2.0, 2.4);
    }
}
