using ClosedLoop.Comparison;
using ClosedLoop.Recording;

namespace ClosedLoop.Tests.Comparison;

public class PlaceCellTests
{
    [SkippableFact]
    public void The_fitted_field_of_a_real_place_cell_stands_where_its_spikes_are()
    {
        // Milliseconds of a rat that runs to and fro on a track of a metre, and one cell's spikes in seconds.
        var file = MatFile.Read(TestData.Require("ephys/place_cell/spikes-1.mat"));
        var (position, spikes) = (file["X"].Values, file["spiketimes"].Values);
        var bins = position.Length / 20;
        var (features, counts) = (new Matrix(bins, 2), new double[bins]);
        for (var t = 0; t < bins; t++)
            (features[t, 0], features[t, 1]) = (position[(20 * t) + 10], position[(20 * t) + 10] * position[(20 * t) + 10]);
        var (where, seen) = (0.0, 0);
        foreach (var spike in spikes)
            if ((int)(spike * 50) is var bin && bin < bins)
            {
                counts[bin]++;
                (where, seen) = (where + features[bin, 0], seen + 1);
            }
        var fit = new PoissonRegression { Alpha = 1e-7 }.Fit(features, counts);
        // exp of a parabola: a field of Gaussian shape.
        var (centre, width) = (-fit.Weights[0] / (2 * fit.Weights[1]), Math.Sqrt(-0.5 / fit.Weights[1]));
        Assert.Equal(where / seen, centre, 3.0);
        Assert.InRange(width, 5, 15);
        var result = EncodingComparison.Run(new(bins, 1, counts), ["cell"], [new("position", default, ["x", "x squared"], features)], new() { Alpha = 1e-7, LeastLagMs = 0, MostLagMs = 0, Folds = 6 });
        Assert.True(result.Units[0].IsPredicted);
        Assert.InRange(result.Units[0].Classes[0].BitsPerSpike, 0.5, 3);
    }
}
