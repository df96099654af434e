using ClosedLoop.Comparing;
using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Sessions;

namespace ClosedLoop.Tests.Comparison;

/// <summary>What <c>bench --comparison</c> says: that its numbers are those of the work that was done, and that both sides did the same.</summary>
public class ComparisonBenchTests
{
    private static readonly OnlineLoadResult Online = new(200, 10, 200, 3, 3000, 20, 0.2, new(3000, 4, 5, 6, 7), new(3000, 4, 5, 6, 7), 0, 40, 40.5);

    private static readonly NumpyComparisonResult Numpy = new(
        "1.24", "1.2", new(100, 90_000, 100, 2, 40, -1e-9), new(12, 0.5, 30, 1e-15),
        [new(6, 60, 2, 10, 60, 40, 5, 20, 1e-15), new(12, 100, 8, 40, 220, 150, 30, 90, 1e-14)]);

    [Fact]
    public void Budgets_are_what_is_asked()
    {
        Assert.True(new ComparisonBenchResult(Online, Numpy, null).IsWithin);
        Assert.True(new ComparisonBenchResult(Online, null, "no Python").IsWithin);
        Assert.Contains(new ComparisonBenchResult(Online, null, "no Python").Lines(), line => line.EndsWith("no Python", StringComparison.Ordinal));
        Assert.False(new ComparisonBenchResult(Online with { CoreShare = 0.26 }, Numpy, null).IsWithin);
        Assert.False((Online with { AllocatedBytesPerBin = 0.1 }).IsWithin);
        Assert.False((Online with { LastManagedMib = 42 }).IsWithin);
        Assert.False((Numpy with { Glm = Numpy.Glm with { SklearnS = 5.9 } }).IsWithin);
        Assert.False((Numpy with { Glm = Numpy.Glm with { ObjectiveExcess = 1e-5 } }).IsWithin);
        Assert.False((Numpy with { Wuc = Numpy.Wuc with { NumpyUs = 2.4 } }).IsWithin);
        Assert.Equal(Math.Sqrt(6 * 5.5), Numpy.CrossnobisRatio, 1e-12);
        Assert.Equal(5.5, Numpy.LeastCrossnobisRatio, 1e-12);
        // At every size: what another gains does not make up for it.
        Assert.False((Numpy with { Crossnobis = [Numpy.Crossnobis[0] with { NumpyUs = 600 }, Numpy.Crossnobis[1] with { NumpyUs = 196 }] }).IsWithin);
        Assert.False((Numpy with { Crossnobis = [Numpy.Crossnobis[0] with { Difference = 1e-9 }] }).IsWithin);
    }

    [Fact]
    public void Online_load_is_that_of_its_bins()
    {
        var result = OnlineLoad.Measure(20, 3, 10, 500, default);
        Assert.Equal((20, 3, 10, 3, 500, 500L), (result.Units, result.Classes, result.FeaturesPerClass, result.Lags, result.Bins, result.BinTookMs.Count));
        // NB: the runtime may allocate a little by itself.
        Assert.InRange(result.AllocatedBytesPerBin, 0, 8192.0 / 500);
        Assert.InRange(result.CoreShare, 0.5 * result.ThreadBinMs.P50 / 20, 2 * result.ThreadBinMs.Max / 20);
    }

    [SkippableFact]
    public void NumPy_and_scikit_learn_find_the_same_more_slowly()
    {
        string interpreter;
        try
        {
            interpreter = NumpyComparison.FindPython();
        }
        catch (ClosedLoopException error)
        {
            Skip.If(true, error.Message);
            return;
        }
        var result = NumpyComparison.Measure(interpreter, (20, 4000, 20), [(6, 60, 2), (12, 100, 8)], new Progress<string>(), default);
        Assert.InRange(result.Glm.ObjectiveExcess, -1e-3, 1e-6);
        Assert.InRange(result.Wuc.Difference, 0, 1e-12);
        Assert.All(result.Crossnobis, one => Assert.InRange(one.Difference, 0, 1e-10));
        // A third of what is measured on a quiet machine, and less.
        Assert.True(result.Glm.Ratio > 1.5, $"regressions {result.Glm.Ratio:F1} times");
        Assert.True(result.Wuc.Ratio > 3, $"whitened unbiased cosines {result.Wuc.Ratio:F1} times");
        Assert.True(result.CrossnobisRatio > 1.5, $"crossnobis {result.CrossnobisRatio:F1} times");
    }

    [Fact]
    public void All_units_are_fitted_as_each_by_itself()
    {
        var random = new RandomStream(71, "population");
        var features = PlantedCounts.Features(random, 1500, 4);
        double[][] units = [PlantedCounts.Driven(random, features, [0.5, 0, 0.2, 0], 0.3, 0), new double[1500], PlantedCounts.Driven(random, features, [0, -0.4, 0, 0.1], 1, 0)];
        var fits = PopulationFit.Ridge(features, PlantedCounts.Columns(units), 1e-3);
        foreach (var unit in new[] { 0, 2 })
        {
            var alone = new PoissonRegression { Alpha = 1e-3 }.Fit(features, units[unit]);
            Assert.Equal(alone.Intercept, fits[unit].Intercept, 1e-5);
            for (var j = 0; j < 4; j++)
                Assert.Equal(alone.Weights[j], fits[unit].Weights[j], 1e-5);
        }
        Assert.All(fits[1].Predict(features), expected => Assert.Equal(0, expected));
        Assert.Throws<ClosedLoopException>(() => PopulationFit.Ridge(features, new Matrix(2, 1), 1e-3));
    }
}
