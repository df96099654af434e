using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>How well a classifier tells two sets of samples apart (Lopez-Paz and Oquab 2017): 0.5 where they come from the same distribution, 1 where they never meet.</summary>
public static class ClassifierTwoSampleTest
{
    /// <summary>The accuracy of the majority of the nearest neighbours, over shuffled folds. Both sets are standardised by mean and standard deviation of the first.</summary>
    /// <param name="x">Rows are samples.</param>
    /// <param name="y">Samples of the same dimensions.</param>
    /// <param name="neighbours">How many vote.</param>
    /// <param name="folds">Of samples that are told apart by all others.</param>
    /// <param name="seed">Of the shuffling.</param>
    /// <exception cref="ClosedLoopException">Dimensions differ, or there are too few samples.</exception>
    public static double NearestNeighbours(Matrix x, Matrix y, int neighbours = 5, int folds = 5, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        SampleShapes.Require(x, y, leastRows: Math.Max(folds, neighbours));
        var (samples, n) = (Standardised(x, y), x.Rows + y.Rows);
        var order = Shuffled(n, seed);
        var right = 0;
        Parallel.For(0, n, place =>
        {
            var (fold, sample) = ((int)((long)place * folds / n), order[place]);
            Span<(double Distance, int Label)> nearest = new (double, int)[neighbours];
            nearest.Fill((double.PositiveInfinity, 0));
            for (var k = 0; k < n; k++)
            {
                if ((int)((long)k * folds / n) == fold)
                    continue;
                var distance = SampleShapes.SquaredDistance(samples.Row(sample), samples.Row(order[k]));
                if (distance >= nearest[^1].Distance)
                    continue;
                var at = neighbours - 1;
                for (; at > 0 && nearest[at - 1].Distance > distance; at--)
                    nearest[at] = nearest[at - 1];
                nearest[at] = (distance, order[k] < x.Rows ? 0 : 1);
            }
            var votes = 0;
            foreach (var (_, label) in nearest)
                votes += label;
            if ((2 * votes > neighbours) == (sample >= x.Rows))
                Interlocked.Increment(ref right);
        });
        return (double)right / n;
    }

    /// <summary>
    /// The accuracy of logistic regression on the samples' numbers and their squares, over shuffled folds: it sees what differs in
    /// means, spreads, and in what they have to do with each other through a linear boundary. Both sets are standardised by mean
    /// and standard deviation of the first.
    /// </summary>
    /// <param name="x">Rows are samples.</param>
    /// <param name="y">Samples of the same dimensions; as many, or chance is above 0.5.</param>
    /// <param name="folds">Of samples that are told apart by what was learnt from all others; 2: of halves.</param>
    /// <param name="seed">Of the shuffling.</param>
    /// <exception cref="ClosedLoopException">Dimensions differ, or there are too few samples.</exception>
    public static double LogisticRegression(Matrix x, Matrix y, int folds = 5, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        SampleShapes.Require(x, y, leastRows: folds);
        var (samples, n) = (Standardised(x, y), x.Rows + y.Rows);
        var withSquares = new Matrix(n, 2 * x.Columns);
        for (var i = 0; i < n; i++)
            for (var j = 0; j < x.Columns; j++)
                (withSquares[i, j], withSquares[i, x.Columns + j]) = (samples[i, j], samples[i, j] * samples[i, j]);
        var order = Shuffled(n, seed);
        var right = 0;
        Parallel.For(0, folds, fold =>
        {
            int[] held = [.. order[(int)((long)fold * n / folds)..(int)((long)(fold + 1) * n / folds)]];
            int[] learnt = [.. order.Except(held)];
            var classifier = LogisticClassifier.Fit(withSquares.Take(learnt), [.. learnt.Select(sample => sample >= x.Rows)]);
            Interlocked.Add(ref right, held.Count(sample => classifier.IsSecond(withSquares.Row(sample)) == (sample >= x.Rows)));
        });
        return (double)right / n;
    }

    private static int[] Shuffled(int n, int seed)
    {
        var order = Enumerable.Range(0, n).ToArray();
        var random = new RandomStream(seed, "folds");
        for (var i = n - 1; i > 0; i--)
        {
            var other = (int)(random.Uniform() * (i + 1));
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order;
    }

    private static Matrix Standardised(Matrix x, Matrix y)
    {
        var (means, covariance) = (x.Means(), x.Covariance());
        var both = new Matrix(x.Rows + y.Rows, x.Columns);
        for (var i = 0; i < both.Rows; i++)
        {
            var from = i < x.Rows ? x.Row(i) : y.Row(i - x.Rows);
            for (var j = 0; j < x.Columns; j++)
                both[i, j] = (from[j] - means[j]) / (covariance[j, j] > 0 ? Math.Sqrt(covariance[j, j]) : 1);
        }
        return both;
    }
}
