namespace ClosedLoop.Comparison;

/// <summary>The mean negative log-likelihood of one unit at one set of weights, and its derivatives there.</summary>
internal sealed class PoissonObjective
{
    private readonly DesignMatrix _design;
    private readonly double[] _counts, _expected;

    /// <summary>Begins at the constant rate.</summary>
    public PoissonObjective(DesignMatrix design, double[] counts)
        : this(design, counts, new double[design.Columns], Math.Log(counts.Average()))
    {
    }

    private PoissonObjective(DesignMatrix design, double[] counts, double[] weights, double intercept)
    {
        (_design, _counts, Weights, Intercept, _expected) = (design, counts, weights, intercept, new double[counts.Length]);
        var sum = 0.0;
        for (var t = 0; t < counts.Length; t++)
        {
            var eta = Math.Min(PoissonRegression.MostLogCount, intercept + Row(t, weights));
            _expected[t] = Math.Exp(eta);
            sum += _expected[t] - (counts[t] * eta);
        }
        Value = sum / counts.Length;
    }

    /// <summary>mean(mu - y ln mu).</summary>
    public double Value { get; }

    /// <summary>Of the standardised features.</summary>
    public double[] Weights { get; }

    /// <summary>Log of the expected count where all features are at their mean.</summary>
    public double Intercept { get; }

    /// <summary>The same counts elsewhere.</summary>
    public PoissonObjective At(double[] weights, double intercept) => new(_design, _counts, weights, intercept);

    /// <summary>Gradient and Hessian with the intercept first, the ridge on all others.</summary>
    public (double[] Gradient, Matrix Hessian) Derivatives(double alpha)
    {
        var (n, p) = (_counts.Length, Weights.Length);
        var (gradient, border) = (new double[p + 1], new double[p + 1]);
        for (var t = 0; t < n; t++)
        {
            var row = Features(t);
            var residual = _expected[t] - _counts[t];
            gradient[0] += residual;
            border[0] += _expected[t];
            Vectors.AddScaled(gradient.AsSpan(1), residual, row);
            Vectors.AddScaled(border.AsSpan(1), _expected[t], row);
        }
        var gram = _design.Gram(_expected);
        var hessian = new Matrix(p + 1, p + 1);
        hessian[0, 0] = border[0] / n;
        for (var j = 0; j <= p; j++)
            gradient[j] /= n;
        for (var i = 0; i < p; i++)
        {
            gradient[i + 1] += alpha * Weights[i];
            hessian[i + 1, 0] = hessian[0, i + 1] = border[i + 1] / n;
            for (var j = 0; j < p; j++)
                hessian[i + 1, j + 1] = (gram[i, j] / n) + (i == j ? alpha : 0);
        }
        return (gradient, hessian);
    }

    /// <summary>The weights in units of the features as they were given.</summary>
    public PoissonFit ToFit(bool converged, int iterations)
    {
        var weights = Weights.Select((w, j) => w / _design.Scales[j]).ToArray();
        return new(weights, Intercept - Vectors.Dot(weights, _design.Means), converged, iterations);
    }

    private double Row(int t, double[] weights) => Vectors.Dot(weights, Features(t));

    private unsafe ReadOnlySpan<double> Features(int t) => new(_design.Row(t), Weights.Length);
}
