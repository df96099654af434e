namespace ClosedLoop.Comparison;

/// <summary>The squared maximum mean discrepancy of two sets of samples: mean k(x, x') + mean k(y, y') - 2 mean k(x, y), over all pairs, of a sample with itself too (the biased estimate).</summary>
public static class MaximumMeanDiscrepancy
{
    /// <summary>With the kernel exp(-d^2 / (2 h^2)).</summary>
    /// <param name="x">Rows are samples.</param>
    /// <param name="y">Samples of the same dimensions.</param>
    /// <param name="bandwidth">h; null: <see cref="MedianDistance"/>.</param>
    /// <exception cref="Core.ClosedLoopException">Dimensions differ, or there are no samples.</exception>
    public static double Squared(Matrix x, Matrix y, double? bandwidth = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        SampleShapes.Require(x, y, leastRows: 1);
        var h = bandwidth ?? MedianDistance(x, y);
        return Mean(x, x) + Mean(y, y) - (2 * Mean(x, y));

        double Mean(Matrix a, Matrix b)
        {
            var sum = 0.0;
            for (var i = 0; i < a.Rows; i++)
                for (var j = 0; j < b.Rows; j++)
                    sum += Math.Exp(-SampleShapes.SquaredDistance(a.Row(i), b.Row(j)) / (2 * h * h));
            return sum / a.Rows / b.Rows;
        }
    }

    /// <summary>The lower median of the distances from a sample of one set to one of the other.</summary>
    public static double MedianDistance(Matrix x, Matrix y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var distances = new double[checked(x.Rows * y.Rows)];
        for (var i = 0; i < x.Rows; i++)
            for (var j = 0; j < y.Rows; j++)
                distances[(i * y.Rows) + j] = Math.Sqrt(SampleShapes.SquaredDistance(x.Row(i), y.Row(j)));
        Array.Sort(distances);
        return distances[(distances.Length - 1) / 2];
    }
}
