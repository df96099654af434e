using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// Poisson regression of one unit's counts with an elastic net: a path of fits from the strength at which all weights are 0
/// downwards, each begun at the last, by coordinate descent on the quadratic that Newton's method would minimise
/// (Friedman, Hastie and Tibshirani 2010), with halved steps.
/// </summary>
/// <remarks>
/// Minimises mean_t(mu_t - y_t ln mu_t) + alpha * sum_j ((1 - ratio) / 2 * (w_j s_j)^2 + ratio |w_j s_j|); the intercept
/// is not penalised, and s_j is the feature's standard deviation, or 1 where features are not standardised.
/// </remarks>
public sealed class PoissonElasticNet
{
    /// <summary>How much of the penalty is on absolute values: 1 is the lasso. Above 0; for 0 there is <see cref="PoissonRegression"/>.</summary>
    public double Ratio { get; init; } = 0.5;

    /// <summary>Whether the penalty is on standardised features.</summary>
    public bool Standardize { get; init; } = true;

    /// <summary>The least strength of the path, relative to that at which all weights are 0.</summary>
    public double LeastRelativeAlpha { get; init; } = 1e-3;

    /// <summary>How many strengths, evenly spaced on a logarithmic scale.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>A change smaller than this, in units of the standardised weights, ends a fit.</summary>
    public double Tolerance { get; init; } = 1e-9;

    /// <summary>Fits the path.</summary>
    /// <param name="features">Rows are bins.</param>
    /// <param name="counts">One a bin.</param>
    /// <param name="alphas">The strengths, in descending order; null: the path that the properties describe.</param>
    /// <returns>Strengths and fits, the strongest first.</returns>
    /// <exception cref="ClosedLoopException">As <see cref="PoissonRegression.Fit"/>; or <see cref="Ratio"/> is not above 0 and at most 1.</exception>
    public IReadOnlyList<(double Alpha, PoissonFit Fit)> FitPath(Matrix features, ReadOnlySpan<double> counts, IReadOnlyList<double>? alphas = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (!(Ratio > 0 && Ratio <= 1))
            throw ClosedLoopException.Usage(FormattableString.Invariant($"the elastic net's ratio is {Ratio} and must be above 0 and at most 1; without absolute values use the ridge"));
        PoissonRegression.RequireCounts(features.Rows, counts);
        using var design = new DesignMatrix(features, standardize: Standardize);
        var state = new PoissonObjective(design, counts.ToArray());
        if (alphas is null)
        {
            var (gradient, _) = state.Derivatives(0);
            var most = gradient.Skip(1).Max(Math.Abs) / Ratio;
            alphas = [.. Enumerable.Range(0, Steps).Select(k => most * Math.Pow(LeastRelativeAlpha, k / Math.Max(1.0, Steps - 1)))];
        }
        var path = new List<(double, PoissonFit)>(alphas.Count);
        foreach (var alpha in alphas)
        {
            (state, var converged, var iterations) = Descend(state, alpha);
            path.Add((alpha, state.ToFit(converged, iterations)));
        }
        return path;
    }

    private (PoissonObjective State, bool Converged, int Iterations) Descend(PoissonObjective state, double alpha)
    {
        for (var iteration = 1; iteration <= 100; iteration++)
        {
            var (gradient, hessian) = state.Derivatives(0);
            var step = MinimiseQuadratic(state.Weights, gradient, hessian, alpha);
            var length = step.Max(Math.Abs);
            var value = state.Value + Penalty(state.Weights, alpha);
            // What the penalised quadratic promises; the sum of a smooth slope and a difference of penalties is negative unless the step is 0.
            var promise = Vectors.Dot(gradient, step) + Penalty(Moved(1), alpha) - Penalty(state.Weights, alpha);
            for (var scale = 1.0; ; scale /= 2)
            {
                var trial = state.At(Moved(scale), state.Intercept + (scale * step[0]));
                if (trial.Value + Penalty(trial.Weights, alpha) <= value + (1e-4 * scale * promise) || scale * length <= 1e-7)
                {
                    state = trial;
                    break;
                }
            }
            if (length <= Tolerance)
                return (state, true, iteration);

            double[] Moved(double scale) => [.. state.Weights.Select((w, j) => w + (scale * step[j + 1]))];
        }
        return (state, false, 100);
    }

    /// <summary>The step to the minimum of gradient . d + d' H d / 2 + penalty(w + d), the intercept first.</summary>
    private double[] MinimiseQuadratic(double[] weights, double[] gradient, Matrix hessian, double alpha)
    {
        var step = new double[gradient.Length];
        var slope = (double[])gradient.Clone();
        var (ridge, lasso) = (alpha * (1 - Ratio), alpha * Ratio);
        for (var round = 0; round < 10_000; round++)
        {
            var largest = 0.0;
            for (var j = 0; j < step.Length; j++)
            {
                var curvature = hessian[j, j];
                if (!(curvature > 0))
                    continue;
                double change;
                if (j == 0)
                {
                    change = -slope[0] / curvature;
                }
                else
                {
                    var current = weights[j - 1] + step[j];
                    var pull = (curvature * current) - slope[j];
                    change = (Math.Sign(pull) * Math.Max(0, Math.Abs(pull) - lasso) / (curvature + ridge)) - current;
                }
                if (change == 0)
                    continue;
                step[j] += change;
                Vectors.AddScaled(slope, change, hessian.Row(j));
                largest = Math.Max(largest, Math.Abs(change));
            }
            if (largest <= Tolerance / 10)
                break;
        }
        return step;
    }

    private double Penalty(double[] weights, double alpha) =>
        alpha * weights.Sum(w => ((1 - Ratio) / 2 * w * w) + (Ratio * Math.Abs(w)));
}
