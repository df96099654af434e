using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison;

public class PoissonRegressionTests
{
    private static readonly Matrix GoldenFeatures = Matrix.Of([0, 1], [1, 0.5], [2, -1], [0.5, 0], [1.5, 1], [-1, -0.5], [0.2, 2], [-0.7, 1.2]);
    private static readonly double[] GoldenCounts = [1, 2, 4, 1, 5, 0, 2, 1];

    [Theory]
    [InlineData(0, 1.0613332349, 0.4341257774, -0.3994635697, 0.922090178154343, 4.8636576281847645)]
    [InlineData(0.1, 0.9285866248, 0.3520188726, -0.2142708788, 0.9107512040822505, 4.803849066020154)]
    [InlineData(1, 0.5055350372, 0.1118235634, 0.3078071159, 0.7013767405160316, 3.69948234463373)]
    public void Small_case_has_its_known_optimum(double alpha, double first, double second, double intercept, double d2, double nats)
    {
        var fit = new PoissonRegression { Alpha = alpha, Standardize = false, Tolerance = 1e-13 }.Fit(GoldenFeatures, GoldenCounts);
        Assert.Equal(first, fit.Weights[0], 1e-9);
        Assert.Equal(second, fit.Weights[1], 1e-9);
        Assert.Equal(intercept, fit.Intercept, 1e-9);
        var expected = fit.Predict(GoldenFeatures);
        Assert.Equal(d2, PoissonScores.PseudoR2(GoldenCounts, expected, GoldenCounts.Average()), 1e-8);
        Assert.Equal(nats, PoissonScores.LogLikelihoodRatio(GoldenCounts, expected, GoldenCounts.Average()), 1e-8);
        var constant = Enumerable.Repeat(GoldenCounts.Average(), 8).ToArray();
        Assert.Equal(nats, PoissonScores.LogLikelihood(GoldenCounts, expected) - PoissonScores.LogLikelihood(GoldenCounts, constant), 1e-8);
    }

    [Fact]
    public void Deviance_is_that_of_scikit_learns_example() =>
        Assert.Equal(1.4260, PoissonScores.Deviance([2, 0, 1, 4], [0.5, 0.5, 2, 2]) / 4, 1e-4);

    [Fact]
    public void Log_factorials_join_where_their_formulas_meet()
    {
        var sum = 0.0;
        for (var n = 1; n <= 60; n++)
        {
            sum += Math.Log(n);
            Assert.Equal(sum, -PoissonScores.LogLikelihood([n], [1]) - 1, 1e-11);
        }
    }

    [Fact]
    public void Ridge_slope_vanishes_at_the_optimum_in_any_units()
    {
        var random = new RandomStream(3, "ridge");
        var features = PlantedCounts.Features(random, 800, 5);
        for (var t = 0; t < features.Rows; t++)
            features[t, 1] = 1000 + (250 * features[t, 1]);
        var counts = PlantedCounts.Driven(random, features, [0.5, 0, 0, 0.3, 0], 0.4, 0);
        var fit = new PoissonRegression { Alpha = 0.05 }.Fit(features, counts);
        Assert.True(fit.Converged);
        var expected = fit.Predict(features);
        var scales = new Matrix(5, 5);
        for (var j = 0; j < 5; j++)
        {
            var column = features.Column(j);
            var variance = column.Average(x => (x - column.Average()) * (x - column.Average()));
            var slope = Enumerable.Range(0, 800).Average(t => (expected[t] - counts[t]) * column[t]) + (0.05 * variance * fit.Weights[j]);
            Assert.Equal(0, slope / Math.Sqrt(variance), 1e-8);
        }
        Assert.Equal(counts.Sum(), expected.Sum(), 1e-6);
    }

    [Fact]
    public void Population_finds_what_each_unit_alone_finds_at_any_lag()
    {
        var random = new RandomStream(4, "population");
        var features = PlantedCounts.Features(random, 1500, 11);
        var columns = Enumerable.Range(0, 19).Select(unit => unit == 7 ? new double[1500]
            : PlantedCounts.Driven(random, features, PlantedCounts.Weights(random, 11, 0.2 * (unit % 6)), 0.02 * (1 + unit), unit % 3)).ToArray();
        using var design = new DesignMatrix(features);
        using var counts = new CountPanels(PlantedCounts.Columns(columns));
        using var regression = new PopulationRegression(design, counts, PopulationRegression.CovarianceOf(design), [0, 1, 2]) { Tolerance = 1e-10 };
        BinRange[] train = [new(10, 600), new(760, 1490)];
        regression.Begin(train, 0.02);
        foreach (var lag in (int[])[0, -9, 7])
        {
            regression.Fit(lag);
            regression.Score(new(600, 760));
            var bins = train.SelectMany(range => Enumerable.Range(range.Start, range.Length)).ToArray();
            var shifted = features.Take([.. bins.Select(t => t - lag)]);
            for (var unit = 0; unit < columns.Length; unit++)
            {
                if (unit == 7)
                {
                    Assert.True(regression[unit].Silent);
                    continue;
                }
                double[] own = [.. bins.Select(t => columns[unit][t])];
                var alone = new PoissonRegression { Alpha = 0.02, Tolerance = 1e-12 }.Fit(shifted, own);
                var together = regression.ToFit(unit);
                Assert.True(together.Converged);
                for (var j = 0; j < 11; j++)
                    Assert.Equal(alone.Weights[j], together.Weights[j], 1e-7);
                Assert.Equal(alone.Intercept, together.Intercept, 1e-7);
                Assert.Equal(PoissonScores.LogLikelihoodRatio(own, alone.Predict(shifted), own.Average()), regression[unit].TrainNats, 1e-6);
                int[] tested = [.. Enumerable.Range(600, 160)];
                var there = features.Take([.. tested.Select(t => t - lag)]);
                double[] later = [.. tested.Select(t => columns[unit][t])];
                Assert.Equal(PoissonScores.LogLikelihoodRatio(later, alone.Predict(there), own.Average()), regression[unit].Test.Nats, 1e-6);
            }
        }
    }

    [SkippableFact]
    public void Population_agrees_with_scikit_learn()
    {
        var random = new RandomStream(5, "scikit-learn");
        var features = PlantedCounts.Features(random, 2000, 20);
        for (var t = 0; t < features.Rows; t++)
            features[t, 3] = 5 + (40 * features[t, 3]) + features[t, 4];
        var columns = Enumerable.Range(0, 9).Select(unit =>
            PlantedCounts.Driven(random, features, [.. PlantedCounts.Weights(random, 20, 0.15 * unit).Select((w, j) => j == 3 ? w / 40 : w)], 0.05 + (0.1 * unit), 0)).ToArray();
        var table = PlantedCounts.Columns(columns);
        const double alpha = 0.01;
        var theirs = ScikitLearn.FitPoisson(features, table, alpha, train: 1500);
        using var design = new DesignMatrix(features);
        using var counts = new CountPanels(table);
        using var regression = new PopulationRegression(design, counts, PopulationRegression.CovarianceOf(design), [0, 1]) { Tolerance = 1e-9 };
        regression.Begin([new(0, 1500)], alpha);
        regression.Fit(0);
        regression.Score(new(1500, 2000));
        for (var unit = 0; unit < 9; unit++)
        {
            var ours = regression.ToFit(unit);
            var weights = theirs[unit].GetProperty("weights");
            for (var j = 0; j < 20; j++)
                Assert.Equal(weights[j].GetDouble(), ours.Weights[j], 1e-5);
            Assert.Equal(theirs[unit].GetProperty("intercept").GetDouble(), ours.Intercept, 1e-5);
            Assert.Equal(theirs[unit].GetProperty("bits").GetDouble(), PoissonScores.BitsPerSpike(regression[unit].Test.Nats, regression[unit].Test.Spikes), 1e-6);
        }
    }

    [Fact]
    public void Elastic_net_meets_the_conditions_of_its_optimum_all_along_the_path()
    {
        var random = new RandomStream(6, "elastic net");
        var features = PlantedCounts.Features(random, 600, 12);
        var counts = PlantedCounts.Driven(random, features, [0.6, -0.4, 0, 0, 0.2, 0, 0, 0, 0, 0, 0, 0], 0.5, 0);
        var path = new PoissonElasticNet { Ratio = 0.7, Standardize = false, Steps = 12 }.FitPath(features, counts);
        Assert.All(path[0].Fit.Weights, w => Assert.Equal(0, w));
        var active = 0;
        foreach (var (alpha, fit) in path)
        {
            Assert.True(fit.Converged);
            var expected = fit.Predict(features);
            for (var j = 0; j < 12; j++)
            {
                var slope = Enumerable.Range(0, 600).Average(t => (expected[t] - counts[t]) * features[t, j]) + (alpha * 0.3 * fit.Weights[j]);
                if (fit.Weights[j] == 0)
                    Assert.InRange(Math.Abs(slope), 0, (alpha * 0.7) + 1e-8);
                else
                    Assert.Equal(-alpha * 0.7 * Math.Sign(fit.Weights[j]), slope, 1e-8);
            }
            Assert.True(fit.Weights.Count(w => w != 0) >= active - 2);
            active = fit.Weights.Count(w => w != 0);
        }
        Assert.True(path[3].Fit.Weights[0] > 0 && path[3].Fit.Weights[1] < 0);
        Assert.InRange(path[3].Fit.Weights.Count(w => w != 0), 2, 6);
    }

    [Fact]
    public void Bad_input_is_refused_by_name()
    {
        var regression = new PoissonRegression();
        Assert.Contains("row 1, column 0", Refused(() => regression.Fit(Matrix.Of([1], [double.NaN]), [1, 2])), StringComparison.Ordinal);
        Assert.Contains("column 1", Refused(() => regression.Fit(Matrix.Of([1, 4], [2, 4]), [1, 2])), StringComparison.Ordinal);
        Assert.Contains("no spike", Refused(() => regression.Fit(Matrix.Of([1], [2]), [0, 0])), StringComparison.Ordinal);
        Assert.Contains("bin 1", Refused(() => regression.Fit(Matrix.Of([1], [2]), [0, -1])), StringComparison.Ordinal);
        Assert.Contains("2 bins", Refused(() => regression.Fit(Matrix.Of([1], [2]), [1])), StringComparison.Ordinal);
        Assert.Contains("ratio", Refused(() => new PoissonElasticNet { Ratio = 0 }.FitPath(Matrix.Of([1], [2]), [1, 2])), StringComparison.Ordinal);

        static string Refused(Action action) => Assert.Throws<ClosedLoopException>(action).Message;
    }

    [Fact]
    public void A_unit_that_a_feature_silences_ends_without_a_penalty_too()
    {
        var features = Matrix.Of([0], [0], [0], [1], [1], [1]);
        var fit = new PoissonRegression { Alpha = 0, MaximumIterations = 60 }.Fit(features, [0, 0, 0, 2, 1, 3]);
        Assert.True(fit.Weights[0] > 5);
        Assert.Equal(2, fit.Predict(features)[5], 1e-3);
    }
}
