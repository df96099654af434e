using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison;

/// <summary>The products that crossnobis distances are made of, beside the formula as it is written down.</summary>
public class CrossnobisTests
{
    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(3, 7, 2)]
    [InlineData(6, 16, 3)]
    [InlineData(9, 61, 5)]
    [InlineData(17, 40, 4)]
    [InlineData(30, 100, 2)]
    [InlineData(5, 24, 7)]
    [InlineData(30, 200, 3)]
    [InlineData(110, 9, 2)]
    public void Distances_are_those_of_the_formula(int conditions, int channels, int count)
    {
        var random = new RandomStream(61, "crossnobis");
        Matrix[] folds = [.. Enumerable.Range(0, count).Select(_ => PlantedCounts.Features(random, conditions, channels, memory: 0))];
        // What all conditions share, as units' mean counts are, must not matter.
        foreach (var fold in folds)
            for (var k = 0; k < fold.Values.Length; k++)
                fold.Values[k] += 100 + (k % channels);
        var noise = PlantedCounts.Features(random, (4 * channels) + 10, channels, memory: 0.3).Covariance();
        var precision = NoisePrecision.Invert(noise);
        var expected = LeaveOneOut(folds, precision);
        Close(expected, Rdm.Crossnobis(folds, precision));
        Close(expected, Rdm.CrossnobisOfNoise(folds, noise));
        Close(expected, Rdm.Crossnobis(folds, [.. folds.Select(_ => noise)]));
        var identity = new Matrix(channels, channels);
        for (var c = 0; c < channels; c++)
            identity[c, c] = 1;
        Close(LeaveOneOut(folds, identity), Rdm.Crossnobis(folds));
    }

    [Fact]
    public void What_does_not_fit_or_has_no_inverse_is_refused()
    {
        Matrix[] folds = [Matrix.Of([1, 0, 2], [0, 1, 3]), Matrix.Of([1, 0, 1], [0, 1, 2])];
        Assert.Contains("no inverse", Assert.Throws<ClosedLoopException>(() => Rdm.CrossnobisOfNoise(folds, Matrix.Of([1, 1, 0], [1, 1, 0], [0, 0, 1]))).Message, StringComparison.Ordinal);
        Assert.Contains("channels", Assert.Throws<ClosedLoopException>(() => Rdm.Crossnobis(folds, Matrix.Of([1, 0], [0, 1]))).Message, StringComparison.Ordinal);
        Assert.Throws<ClosedLoopException>(() => Rdm.Crossnobis([folds[0]]));
        Assert.Throws<ClosedLoopException>(() => Rdm.Crossnobis([Matrix.Of([1, 2]), Matrix.Of([1, 2])]));
    }

    /// <summary>Units whose noise spreads over six orders of magnitude, and goes together: beside the same by plain substitution, pair by pair.</summary>
    [Fact]
    public void An_ill_conditioned_noise_does_not_matter()
    {
        const int Conditions = 7, Channels = 53, Folds = 4;
        var random = new RandomStream(62, "crossnobis");
        var (scales, shared) = (PlantedCounts.Features(random, 1, Channels, memory: 0), PlantedCounts.Features(random, 1, Channels, memory: 0));
        var residuals = PlantedCounts.Features(random, 3 * Channels, Channels, memory: 0);
        Matrix[] folds = [.. Enumerable.Range(0, Folds).Select(_ => PlantedCounts.Features(random, Conditions, Channels, memory: 0))];
        for (var c = 0; c < Channels; c++)
        {
            scales[0, c] = Math.Pow(10, 1.5 * Math.Clamp(scales[0, c], -2, 2));
            for (var t = 0; t < residuals.Rows; t++)
                residuals[t, c] = scales[0, c] * (residuals[t, c] + (30 * shared[0, c] * Math.Sin(t)));
            foreach (var fold in folds)
                for (var i = 0; i < Conditions; i++)
                    fold[i, c] *= scales[0, c];
        }
        var noise = residuals.Covariance();
        var found = Rdm.CrossnobisOfNoise(folds, noise);
        var factor = Cholesky.Factor(noise)!;
        var expected = new List<double>();
        for (var i = 0; i < Conditions; i++)
            for (var j = i + 1; j < Conditions; j++)
            {
                var white = folds.Select(fold => fold.Row(i).ToArray().Zip(fold.Row(j).ToArray(), (one, other) => one - other).ToArray()).ToArray();
                foreach (var row in white)
                    factor.Forward(row);
                var products = white.Sum(one => white.Where(other => other != one).Sum(other => one.Zip(other, (x, y) => x * y).Sum()));
                expected.Add(products / Folds / (Folds - 1) / Channels);
            }
        Close([.. expected], found);
        Assert.Equal(found.Values, Rdm.CrossnobisOfNoise(folds, noise).Values);
    }

    /// <summary>Each fold's differences times those of the mean of all others, in the metric, the mean over folds, over channels.</summary>
    private static double[] LeaveOneOut(Matrix[] folds, Matrix precision)
    {
        var (conditions, channels) = (folds[0].Rows, folds[0].Columns);
        var values = new List<double>();
        for (var i = 0; i < conditions; i++)
            for (var j = i + 1; j < conditions; j++)
            {
                var sum = 0.0;
                foreach (var held in folds)
                    for (var c = 0; c < channels; c++)
                    {
                        var others = folds.Where(fold => fold != held).Average(fold => fold[i, c] - fold[j, c]);
                        for (var d = 0; d < channels; d++)
                            sum += others * precision[c, d] * (held[i, d] - held[j, d]);
                    }
                values.Add(sum / folds.Length / channels);
            }
        return [.. values];
    }

    private static void Close(double[] expected, Rdm found)
    {
        var scale = expected.Max(Math.Abs);
        for (var k = 0; k < expected.Length; k++)
            Assert.Equal(expected[k], found.Values[k], 1e-10 * scale);
    }
}
