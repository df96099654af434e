namespace ClosedLoop.Comparison;

/// <summary>One unit in a <see cref="PopulationRegression"/>: its search, and how well its model does on bins of either kind.</summary>
internal sealed class UnitSearch(int features)
{
    /// <summary>The search; its parameters are the intercept where all features are at their mean, and the weights.</summary>
    public QuasiNewton Search { get; } = new(features + 1);

    /// <summary>Mean count of the bins of the fit.</summary>
    public double MeanCount { get; private set; }

    /// <summary>Strength of the ridge.</summary>
    public double Alpha { get; private set; }

    /// <summary>Whether there is no spike in them, and so no model.</summary>
    public bool Silent => MeanCount == 0;

    /// <summary>Whether it needs no more passes.</summary>
    public bool Finished => Silent || Search.Done;

    /// <summary>The Hessian of the weights at the constant rate.</summary>
    public Cholesky? Hessian { get; private set; }

    /// <summary>Log-likelihood of the model less that of the constant rate, in nats, over the bins of the fit.</summary>
    public double TrainNats { get; private set; }

    /// <summary>The same and more over other bins.</summary>
    public TestScore Test { get; } = new();

    /// <summary>Turns to other bins.</summary>
    public void Begin(double spikes, int bins, Matrix covariance, double alpha)
    {
        (MeanCount, Alpha) = (spikes / bins, alpha);
        Array.Clear(Search.Trial);
        if (Silent)
            return;
        Search.Trial[0] = Math.Log(MeanCount);
        var hessian = new Matrix(features, features);
        for (var k = 0; k < hessian.Values.Length; k++)
            hessian.Values[k] = MeanCount * covariance.Values[k];
        for (var j = 0; j < features; j++)
            hessian[j, j] += alpha + (1e-9 * MeanCount);
        Hessian = Cholesky.Factor(hessian) ?? throw new InvalidOperationException("the covariance of finite features with a ridge is positive");
    }

    /// <summary>Scores the fit on its own bins.</summary>
    public void Finish(int bins, double[] variances)
    {
        var penalty = 0.0;
        for (var j = 0; j < features; j++)
            penalty += Alpha / 2 * variances[j] * Search.Trial[j + 1] * Search.Trial[j + 1];
        var constant = MeanCount - (MeanCount * Math.Log(MeanCount));
        TrainNats = bins * (constant - (Search.Value - penalty));
    }

    /// <summary>Adds a bin to <see cref="Test"/>.</summary>
    public void Score(double count, double logExpected)
    {
        if (!Silent)
            Test.Add(count, logExpected, MeanCount);
    }
}
