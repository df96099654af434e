namespace ClosedLoop.Comparison;

/// <summary>Logistic regression with a ridge, by Newton's method with halved steps: which of two sets a sample comes from.</summary>
/// <remarks>Minimises mean_i(ln(1 + e^z_i) - t_i z_i) + alpha / 2 |w|^2 with z = b + x . w on standardised columns, t 1 in the second set; the intercept is not penalised.</remarks>
internal sealed class LogisticClassifier
{
    private readonly double[] _means, _scales, _weights;

    private LogisticClassifier(double[] means, double[] scales, double[] weights) => (_means, _scales, _weights) = (means, scales, weights);

    /// <summary>Learns.</summary>
    /// <param name="samples">Rows are samples.</param>
    /// <param name="second">Whether each is of the second set.</param>
    /// <param name="alpha">Strength of the ridge, per sample; above 0, for sets that never meet have no optimum without one.</param>
    public static LogisticClassifier Fit(Matrix samples, IReadOnlyList<bool> second, double alpha = 1e-3)
    {
        var (n, columns, means, covariance) = (samples.Rows, samples.Columns, samples.Means(), samples.Covariance(0));
        double[] scales = [.. Enumerable.Range(0, columns).Select(j => covariance[j, j] > 0 ? Math.Sqrt(covariance[j, j]) : 1)];
        // The last column is the intercept's.
        var x = new Matrix(n, columns + 1);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < columns; j++)
                x[i, j] = (samples[i, j] - means[j]) / scales[j];
            x[i, columns] = 1;
        }
        var weights = new double[columns + 1];
        var value = Value(weights);
        for (var iteration = 0; iteration < 100; iteration++)
        {
            var (step, hessian) = (new double[columns + 1], new Matrix(columns + 1, columns + 1));
            for (var i = 0; i < n; i++)
            {
                var row = x.Row(i);
                var p = 1 / (1 + Math.Exp(-Vectors.Dot(row, weights)));
                Vectors.AddScaled(step, (p - (second[i] ? 1 : 0)) / n, row);
                var curvature = p * (1 - p) / n;
                for (var j = 0; j <= columns; j++)
                    Vectors.AddScaled(hessian.Row(j), curvature * row[j], row);
            }
            for (var j = 0; j < columns; j++)
            {
                step[j] += alpha * weights[j];
                hessian[j, j] += alpha;
            }
            hessian[columns, columns] += 1e-12;
            var slope = (double[])step.Clone();
            var factor = Cholesky.Factor(hessian) ?? throw new InvalidOperationException("the Hessian of a logistic regression with a ridge is positive");
            factor.Solve(step);
            var fall = Vectors.Dot(slope, step);
            if (fall < 1e-14)
                break;
            for (var scale = 1.0; ; scale /= 2)
            {
                double[] trial = [.. weights.Select((w, j) => w - (scale * step[j]))];
                var reached = Value(trial);
                if (reached <= value - (1e-4 * scale * fall) || scale < 1e-8)
                {
                    (weights, value) = (trial, reached);
                    break;
                }
            }
        }
        return new(means, scales, weights);

        double Value(double[] at)
        {
            var sum = 0.0;
            for (var i = 0; i < n; i++)
            {
                var z = Vectors.Dot(x.Row(i), at);
                sum += Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z))) - (second[i] ? z : 0);
            }
            var own = at.AsSpan(0, columns);
            return (sum / n) + (alpha / 2 * Vectors.Dot(own, own));
        }
    }

    /// <summary>Whether a sample is likelier of the second set.</summary>
    public bool IsSecond(ReadOnlySpan<double> sample)
    {
        var z = _weights[^1];
        for (var j = 0; j < sample.Length; j++)
            z += _weights[j] * (sample[j] - _means[j]) / _scales[j];
        return z > 0;
    }
}
