using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>How encoding models are fitted and judged.</summary>
public sealed record EncodingOptions
{
    /// <summary>Width of a bin.</summary>
    public double BinMs { get; init; } = 20;

    /// <summary>
    /// Strengths of the ridge, per bin, on standardised features: see <see cref="PoissonRegression"/>. Of several, each fold
    /// takes for each unit the one that does best on the last fifth of the bins it is fitted to.
    /// </summary>
    public IReadOnlyList<double> Alphas { get; init; } = [1e-3];

    /// <summary>
    /// Share of the penalty of an elastic net that is on absolute weights, above 0 and at most 1 (the lasso): units are then judged
    /// by elastic nets (<see cref="PoissonElasticNet"/>), each fold at the lag that the ridge finds. 0: by the ridge.
    /// </summary>
    public double ElasticNetRatio { get; init; }

    /// <summary>Stretches of time that are tested in turn.</summary>
    public int Folds { get; init; } = 10;

    /// <summary>Stretches of a fold that the signed-rank test looks at one by one.</summary>
    public int BlocksPerFold { get; init; } = 4;

    /// <summary>The least lag; below 0 counts are predicted from features that come after them.</summary>
    public double LeastLagMs { get; init; } = -1000;

    /// <summary>The greatest lag; above 0 counts are predicted from features that came before them.</summary>
    public double MostLagMs { get; init; } = 300;

    /// <summary>From one lag to the next; rounded to whole bins.</summary>
    public double LagStepMs { get; init; } = 20;

    /// <summary>Reach of what was done to the features over time, which the gap between fitted and tested bins has to span too.</summary>
    public double SmoothingReachMs { get; init; }

    /// <summary>Units with fewer spikes are not judged.</summary>
    public int LeastSpikes { get; init; } = 50;

    /// <summary>Rate of false discoveries among the units that count as predicted.</summary>
    public double Significance { get; init; } = 0.05;

    /// <summary>Threads at work; 0: one a core.</summary>
    public int Threads { get; init; }

    /// <summary>The lags in bins, ascending; 0 is among them where it lies between the ends.</summary>
    /// <exception cref="ClosedLoopException">The least lies above the greatest, or a width is not above 0.</exception>
    public int[] LagBins()
    {
        if (!(BinMs > 0) || !(LagStepMs > 0))
            throw ClosedLoopException.Usage(FormattableString.Invariant($"bins of {BinMs} ms and lags {LagStepMs} ms apart: both must be above 0"));
        var (least, most, step) = (ToBins(LeastLagMs), ToBins(MostLagMs), Math.Max(1, ToBins(LagStepMs)));
        if (least > most)
            throw ClosedLoopException.Usage(FormattableString.Invariant($"the least lag, {LeastLagMs} ms, lies above the greatest, {MostLagMs} ms"));
        var first = least < 0 && most >= 0 ? least - (int)Math.IEEERemainder(least, step) : least;
        first = first < least ? first + step : first;
        return [.. Enumerable.Range(0, ((most - first) / step) + 1).Select(k => first + (k * step))];
    }

    private int ToBins(double milliseconds) => (int)Math.Round(milliseconds / BinMs);
}
