using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>The ridge fit of many units to the same features, all bins: that of <see cref="PoissonRegression"/>, many times as fast.</summary>
public static class PopulationFit
{
    // Panels of eight units that share a pass over the features.
    private const int PanelsTogether = 4;

    /// <summary>Fits all units.</summary>
    /// <param name="features">Rows are bins.</param>
    /// <param name="counts">Rows are bins, columns units.</param>
    /// <param name="alpha">Strength of the ridge, per bin, on standardised features; above 0.</param>
    /// <param name="threads">Threads at work; 0: one a core.</param>
    /// <param name="cancellation">Ends it between two passes over the features.</param>
    /// <returns>One a unit; of a unit without spikes the weights are 0 and the intercept is minus infinity.</returns>
    /// <exception cref="ClosedLoopException">The tables differ in their number of bins, a number is not finite, or a feature is constant.</exception>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static PoissonFit[] Ridge(Matrix features, Matrix counts, double alpha, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alpha);
        if (features.Rows != counts.Rows)
            throw ClosedLoopException.Failed($"{features.Rows} bins of features and {counts.Rows} of counts; both need one row a bin");
        using var design = new DesignMatrix(features);
        using var panels = new CountPanels(counts);
        var covariance = PopulationRegression.CovarianceOf(design);
        var fits = new PoissonFit[counts.Columns];
        var parallel = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount };
        Parallel.For(0, (panels.Panels + PanelsTogether - 1) / PanelsTogether, parallel, group =>
        {
            var first = group * PanelsTogether;
            using var regression = new PopulationRegression(design, panels, covariance, [.. Enumerable.Range(first, Math.Min(PanelsTogether, panels.Panels - first))]);
            regression.Begin([new(0, design.Rows)], alpha);
            var passes = regression.Fit(0, cancellation);
            for (var unit = 0; unit < regression.Units && (first * BlockProducts.Panel) + unit < fits.Length; unit++)
                fits[(first * BlockProducts.Panel) + unit] = regression[unit].Silent ? new(new double[design.Columns], double.NegativeInfinity, true, 0) : regression.ToFit(unit) with { Iterations = passes };
        });
        return fits;
    }
}
