using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>The sliced Wasserstein distance: how far samples lie apart along many directions, in each of which the best transport is that of sorted numbers.</summary>
public static class SlicedWasserstein
{
    /// <summary>Along random directions.</summary>
    /// <param name="x">Rows are samples.</param>
    /// <param name="y">As many samples of the same dimensions.</param>
    /// <param name="directions">How many.</param>
    /// <param name="power">Of the distance; 2: the mean square's root.</param>
    /// <param name="seed">Of the directions.</param>
    /// <exception cref="ClosedLoopException">The two differ in shape, or are empty.</exception>
    public static double Distance(Matrix x, Matrix y, int directions = 50, double power = 2, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        var random = new RandomStream(seed, "directions");
        var drawn = new Matrix(directions, x.Columns);
        for (var k = 0; k < directions; k++)
        {
            var row = drawn.Row(k);
            for (var j = 0; j < row.Length; j++)
                row[j] = random.Normal();
            var length = Math.Sqrt(Vectors.Dot(row, row));
            for (var j = 0; j < row.Length; j++)
                row[j] /= length;
        }
        return Distance(x, y, drawn, power);
    }

    /// <summary>Along given directions, one a row.</summary>
    /// <exception cref="ClosedLoopException">The two differ in shape, or are empty.</exception>
    public static double Distance(Matrix x, Matrix y, Matrix directions, double power = 2)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(directions);
        SampleShapes.Require(x, y, leastRows: 1);
        if (x.Rows != y.Rows)
            throw ClosedLoopException.Failed($"{x.Rows} and {y.Rows} samples: the sliced Wasserstein distance pairs them and needs as many of each; draw as many from both");
        var sum = 0.0;
        for (var k = 0; k < directions.Rows; k++)
        {
            var (a, b) = (Projected(x, directions.Row(k)), Projected(y, directions.Row(k)));
            for (var i = 0; i < a.Length; i++)
                sum += Math.Pow(Math.Abs(a[i] - b[i]), power);
        }
        return Math.Pow(sum / ((double)x.Rows * directions.Rows), 1 / power);
    }

    private static double[] Projected(Matrix samples, ReadOnlySpan<double> direction)
    {
        var projected = new double[samples.Rows];
        for (var i = 0; i < projected.Length; i++)
            projected[i] = Vectors.Dot(samples.Row(i), direction);
        Array.Sort(projected);
        return projected;
    }
}
