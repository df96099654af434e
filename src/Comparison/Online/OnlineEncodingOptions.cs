namespace ClosedLoop.Comparison;

/// <summary>How encoding models are learned while a session runs.</summary>
public sealed record OnlineEncodingOptions
{
    /// <summary>Width of a bin.</summary>
    public double BinMs { get; init; } = 20;

    /// <summary>Lags at which each class is tried; below 0 counts are predicted from features that come after them, and judged that much later.</summary>
    public IReadOnlyList<double> LagsMs { get; init; } = [-200, 0, 200];

    /// <summary>How long features are only looked at, for their mean and scale, before anything is learned.</summary>
    public double ScaleSeconds { get; init; } = 10;

    /// <summary>
    /// Strengths of the ridge that each class is tried with: priors of weight 0 that count as much as so many bins of standardised
    /// features, times their number, so that many features together are not expected to drive a unit more than few.
    /// </summary>
    public IReadOnlyList<double> RidgeBinsPerFeature { get; init; } = [15, 150, 1500];

    /// <summary>Over how long the rolling scores forget (to 1/e).</summary>
    public double RollingSeconds { get; init; } = 120;

    /// <summary>Length of the blocks whose scores are compared for confidence.</summary>
    public double BlockSeconds { get; init; } = 5;
}
