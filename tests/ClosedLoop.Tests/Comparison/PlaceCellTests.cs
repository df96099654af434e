using ClosedLoop.Comparison;
using ClosedLoop.Recording;

namespace ClosedLoop.Tests.Comparison;

public class PlaceCellTests
{
    [SkippableFact]
    public void The_fitted_field_of_a_real_place_cell_stands_where_its_spikes_are()
    {
        var (features, counts) = Cell();
        var spikes = counts.Sum();
        var where = counts.Select((count, t) => count * features[t, 0]).Sum() / spikes;
        var fit = new PoissonRegression { Alpha = 1e-7 }.Fit(features, counts);
        // exp of a parabola: a field of Gaussian shape.
        var (centre, width) = (-fit.Weights[0] / (2 * fit.Weights[1]), Math.Sqrt(-0.5 / fit.Weights[1]));
        Assert.Equal(where, centre, 3.0);
        Assert.InRange(width, 5, 15);
        var result = EncodingComparison.Run(new(counts.Length, 1, counts), ["cell"], [new("position", default, ["x", "x squared"], features)], new() { Alphas = [1e-7], LeastLagMs = 0, MostLagMs = 0, Folds = 6 });
        Assert.True(result.Units[0].IsPredicted);
        Assert.InRange(result.Units[0].Classes[0].BitsPerSpike, 0.5, 3);
    }

    [SkippableFact]
    public void Scikit_learn_finds_the_same_field()
    {
        var (features, counts) = Cell();
        var train = counts.Length * 3 / 4;
        const double alpha = 1e-3;
        var theirs = ScikitLearn.FitPoisson(features, new(counts.Length, 1, counts), alpha, train)[0];
        using var design = new DesignMatrix(features);
        using var panels = new CountPanels(new(counts.Length, 1, counts));
        using var regression = new PopulationRegression(design, panels, PopulationRegression.CovarianceOf(design), [0]) { Tolerance = 1e-9 };
        regression.Begin([new(0, train)], alpha);
        regression.Fit(0);
        regression.Score(new(train, counts.Length));
        var ours = regression.ToFit(0);
        for (var j = 0; j < 2; j++)
            Assert.Equal(theirs.GetProperty("weights")[j].GetDouble(), ours.Weights[j], 1e-5);
        Assert.Equal(theirs.GetProperty("bits").GetDouble(), PoissonScores.BitsPerSpike(regression[0].Test.Nats, regression[0].Test.Spikes), 1e-6);
    }

    /// <summary>A rat that runs to and fro on a track of a metre, and one cell, in bins of 20 ms: place and its square, spikes.</summary>
    private static (Matrix Features, double[] Counts) Cell()
    {
        // Its position every millisecond, its spikes in seconds.
        var file = MatFile.Read(TestData.Require("ephys/place_cell/spikes-1.mat"));
        var (position, spikes) = (file["X"].Values, file["spiketimes"].Values);
        var (features, counts) = (new Matrix(position.Length / 20, 2), new double[position.Length / 20]);
        for (var t = 0; t < counts.Length; t++)
            (features[t, 0], features[t, 1]) = (position[(20 * t) + 10], position[(20 * t) + 10] * position[(20 * t) + 10]);
        foreach (var spike in spikes)
            if ((int)(spike * 50) is var bin && bin < counts.Length)
                counts[bin]++;
        return (features, counts);
    }
}
