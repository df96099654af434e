using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// Poisson regression of one unit's counts with a ridge penalty, by Newton's method (iteratively reweighted least squares)
/// with halved steps.
/// </summary>
/// <remarks>
/// Minimises mean_t(mu_t - y_t ln mu_t) + alpha / 2 * sum_j (w_j s_j)^2 with mu = exp(b + x . w); the intercept b is not
/// penalised. s_j is the feature's standard deviation where features are standardised, else 1. With the same features it is
/// the objective of scikit-learn's PoissonRegressor (half the mean deviance + alpha / 2 * |w|^2) and of nemos' Ridge, up to
/// a constant. For many units at once see <see cref="PopulationRegression"/>.
/// </remarks>
public sealed class PoissonRegression
{
    /// <summary>The largest exponent that is taken: beyond it no count is meant, only a step that was too long.</summary>
    internal const double MostLogCount = 60;

    /// <summary>Strength of the ridge, per bin.</summary>
    public double Alpha { get; init; } = 1e-3;

    /// <summary>Whether the penalty is on standardised features, so that it does not depend on their units.</summary>
    public bool Standardize { get; init; } = true;

    /// <summary>A step shorter than this, in units of the standardised weights, ends the search.</summary>
    public double Tolerance { get; init; } = 1e-10;

    /// <summary>Most steps.</summary>
    public int MaximumIterations { get; init; } = 200;

    /// <summary>Fits the model.</summary>
    /// <param name="features">Rows are bins.</param>
    /// <param name="counts">One a bin, not negative.</param>
    /// <exception cref="ClosedLoopException">Lengths differ, a number is not finite, a column is constant, or all counts are 0.</exception>
    public PoissonFit Fit(Matrix features, ReadOnlySpan<double> counts)
    {
        ArgumentNullException.ThrowIfNull(features);
        RequireCounts(features.Rows, counts);
        using var design = new DesignMatrix(features, standardize: Standardize);
        var state = new PoissonObjective(design, counts.ToArray());
        var p = features.Columns;
        var (iterations, converged) = (0, false);
        while (!converged && iterations < MaximumIterations)
        {
            iterations++;
            var value = state.Value + Penalty(state.Weights);
            var (gradient, hessian) = state.Derivatives(Alpha);
            var factor = Cholesky.Factor(hessian);
            for (var ridge = 1e-12; factor is null; ridge *= 100)
            {
                for (var j = 0; j <= p; j++)
                    hessian[j, j] += ridge * Math.Max(1e-12, hessian[j, j]);
                factor = Cholesky.Factor(hessian);
            }
            var step = (double[])gradient.Clone();
            factor.Solve(step);
            var slope = -Vectors.Dot(gradient, step);
            var length = step.Max(Math.Abs);
            var scale = 1.0;
            while (true)
            {
                var trial = state.At([.. state.Weights.Select((w, j) => w - (scale * step[j + 1]))], state.Intercept - (scale * step[0]));
                if (trial.Value + Penalty(trial.Weights) <= value + (1e-4 * scale * slope) || length * scale <= 1e-7)
                {
                    state = trial;
                    break;
                }
                scale /= 2;
            }
            converged = scale == 1 && length <= Tolerance;
        }
        return state.ToFit(converged, iterations);

        double Penalty(double[] weights) => Alpha / 2 * Vectors.Dot(weights, weights);
    }

    /// <summary>Refuses counts that no Poisson model can be fitted to.</summary>
    internal static void RequireCounts(int bins, ReadOnlySpan<double> counts)
    {
        if (counts.Length != bins)
            throw ClosedLoopException.Failed($"there are {counts.Length} counts and {bins} bins of features; both need one row a bin");
        var sum = 0.0;
        for (var t = 0; t < counts.Length; t++)
        {
            if (!(counts[t] >= 0) || double.IsInfinity(counts[t]))
                throw ClosedLoopException.Failed(FormattableString.Invariant($"the count of bin {t} is {counts[t]}; counts are finite and not negative"));
            sum += counts[t];
        }
        if (sum == 0)
            throw ClosedLoopException.Failed($"the unit has no spike in {bins} bins, and its rate cannot be fitted; leave it out");
    }
}
