using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison;

public sealed class FeatureReductionTests
{
    private static readonly FeatureLayout s_layout = new(KeypointLayout.Rat23, ["knee", "hip"], 4, new([("wide", 200), ("narrow", 8)]), 50);

    [Fact]
    public void Narrow_classes_stay_as_they_are_and_wide_ones_keep_what_a_linear_model_could_make_of_few_dimensions()
    {
        var (reduction, again) = (new FeatureReduction(s_layout, ["narrow", "wide", FeatureLayout.Action], 16), new FeatureReduction(s_layout, ["wide"], 16));
        Assert.Equal([8, 16, 4], reduction.Sizes);
        Assert.Equal(28, reduction.Count);
        // A layer of 200 units whose activity has six dimensions, and a number that is linear in them.
        var random = new RandomStream(71, "layer");
        double[][] loadings = [.. Enumerable.Range(0, 200).Select(_ => Enumerable.Range(0, 6).Select(_ => random.Normal()).ToArray())];
        const int Rows = 400;
        var (table, wanted) = (new Matrix(Rows, 16), new double[Rows]);
        float[] row = new float[s_layout.Count], reduced = new float[28], alone = new float[16];
        for (var t = 0; t < Rows; t++)
        {
            double[] state = [.. Enumerable.Range(0, 6).Select(_ => random.Normal())];
            for (var j = 0; j < 200; j++)
                s_layout["wide"].Of((Span<float>)row)[j] = (float)loadings[j].Zip(state, (a, b) => a * b).Sum();
            for (var j = 0; j < 8; j++)
                s_layout["narrow"].Of((Span<float>)row)[j] = 10 * t + j;
            reduction.Write(row, reduced);
            again.Write(row, alone);
            Assert.Equal(s_layout["narrow"].Of((ReadOnlySpan<float>)row).ToArray(), reduced[..8]);
            // Always the same directions.
            Assert.Equal(alone, reduced[8..24]);
            wanted[t] = state[0] - (0.5 * state[4]);
            for (var j = 0; j < 16; j++)
                table[t, j] = alone[j];
        }
        Assert.InRange(Explained(table, wanted), 0.999, 1);

        row[s_layout["wide"].Start + 3] = float.NaN;
        reduction.Write(row, reduced);
        Assert.All(reduced[8..24], value => Assert.True(float.IsNaN(value)));
        Assert.All(reduced[..8], value => Assert.True(float.IsFinite(value)));
        Assert.Throws<ClosedLoopException>(() => new FeatureReduction(s_layout, ["widest"], 16));
    }

    /// <summary>Share of a number's variance that a linear model explains.</summary>
    private static double Explained(Matrix table, double[] wanted)
    {
        var n = table.Columns;
        var (squares, products) = (new Matrix(n, n), new double[n]);
        for (var t = 0; t < table.Rows; t++)
            for (var i = 0; i < n; i++)
            {
                products[i] += table[t, i] * wanted[t];
                for (var j = 0; j < n; j++)
                    squares[i, j] += table[t, i] * table[t, j];
            }
        for (var i = 0; i < n; i++)
            squares[i, i] += 1e-4;
        var inverse = Cholesky.Factor(squares)!.Inverse();
        var (left, all) = (0.0, 0.0);
        for (var t = 0; t < table.Rows; t++)
        {
            var found = 0.0;
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++)
                    found += table[t, i] * inverse[i, j] * products[j];
            (left, all) = (left + ((wanted[t] - found) * (wanted[t] - found)), all + (wanted[t] * wanted[t]));
        }
        return 1 - (left / all);
    }
}
