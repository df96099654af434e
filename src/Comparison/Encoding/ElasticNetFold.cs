namespace ClosedLoop.Comparison;

/// <summary>
/// An elastic net of one unit, judged on one fold: the strength is that which does best on the last fifth of the fitted bins
/// of a path fitted to those before, with a gap between; the model is then fitted to all of them.
/// </summary>
/// <param name="Nats">Log-likelihood against the mean rate of the fitted bins, by block of the tested bins.</param>
/// <param name="Deviance">Of the model, over all of them.</param>
/// <param name="ConstantDeviance">Of that mean rate.</param>
/// <param name="Spikes">Spikes in them.</param>
/// <param name="Alpha">The strength.</param>
/// <param name="Converged">Whether the fit ended at its optimum.</param>
internal sealed record ElasticNetFold(double[] Nats, double Deviance, double ConstantDeviance, double Spikes, double Alpha, bool Converged)
{
    /// <summary>Fits and judges.</summary>
    /// <param name="features">Rows are bins.</param>
    /// <param name="counts">Of the unit, one a bin.</param>
    /// <param name="lag">The features of a bin stand so many bins before it.</param>
    /// <param name="train">The bins to fit to.</param>
    /// <param name="blocks">The tested bins, block by block.</param>
    /// <param name="gap">Bins between those that a path is fitted to and those that its strengths are judged on.</param>
    /// <param name="net">Ratio and path.</param>
    /// <returns>Null where the bins of the path have no spike, or no feature that varies.</returns>
    public static ElasticNetFold? Fit(Matrix features, double[] counts, int lag, IReadOnlyList<BinRange> train, IReadOnlyList<IReadOnlyList<BinRange>> blocks, int gap, PoissonElasticNet net)
    {
        int[] bins = [.. train.SelectMany(range => Enumerable.Range(range.Start, range.Length))];
        int[] held = [.. bins[(int)(bins.Length * 4L / 5)..]];
        int[] before = [.. bins.Where(bin => bin < held[0] - gap)];
        if (before.Length < 2 || before.All(bin => counts[bin] == 0))
            return null;
        // NB: a feature that is the same in all bins of the path has no say in the other fit either, so that strengths mean the same.
        int[] columns = [.. Enumerable.Range(0, features.Columns).Where(j => Varies(features, before, lag, j))];
        if (columns.Length == 0)
            return null;
        var path = net.FitPath(Taken(before), Own(before));
        var mean = Own(before).Average();
        var best = Enumerable.Range(0, path.Count).MaxBy(k =>
        {
            var score = new TestScore();
            foreach (var bin in held)
                score.Add(counts[bin], LogExpected(path[k].Fit, bin), mean);
            return score.Nats;
        });
        var (alpha, fit) = net.FitPath(Taken(bins), Own(bins), [.. path.Take(best + 1).Select(of => of.Alpha)])[best];
        var (all, nats) = (new TestScore(), new double[blocks.Count]);
        var meanOfAll = Own(bins).Average();
        for (var block = 0; block < blocks.Count; block++)
        {
            var sum = all.Nats;
            foreach (var range in blocks[block])
                for (var bin = range.Start; bin < range.End; bin++)
                    all.Add(counts[bin], LogExpected(fit, bin), meanOfAll);
            nats[block] = all.Nats - sum;
        }
        return new(nats, all.Deviance, all.ConstantDeviance, all.Spikes, alpha, fit.Converged);

        double[] Own(int[] of) => [.. of.Select(bin => counts[bin])];

        Matrix Taken(int[] of)
        {
            var taken = new Matrix(of.Length, columns.Length);
            for (var i = 0; i < of.Length; i++)
            {
                var row = features.Row(of[i] - lag);
                for (var k = 0; k < columns.Length; k++)
                    taken[i, k] = row[columns[k]];
            }
            return taken;
        }

        double LogExpected(PoissonFit model, int bin)
        {
            var sum = model.Intercept;
            var row = features.Row(bin - lag);
            for (var k = 0; k < columns.Length; k++)
                sum += model.Weights[k] * row[columns[k]];
            return Math.Min(PoissonRegression.MostLogCount, sum);
        }
    }

    private static bool Varies(Matrix features, int[] bins, int lag, int column)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var bin in bins)
            (low, high) = (Math.Min(low, features[bin - lag, column]), Math.Max(high, features[bin - lag, column]));
        return high - low > 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high));
    }
}
