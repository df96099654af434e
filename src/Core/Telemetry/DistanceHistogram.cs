namespace ClosedLoop.Core;

/// <summary>
/// Distances (errors, say) in fixed memory: their mean, and quantiles to 0.2 %. Allocates nothing per distance.
/// </summary>
public sealed class DistanceHistogram
{
    private const double NanometresPerMetre = 1e9;
    private readonly LatencyHistogram _nanometres = new("distance");

    /// <summary>How many distances were recorded.</summary>
    public long Count => _nanometres.Count;

    /// <summary>Mean in millimetres; NaN where nothing was recorded.</summary>
    public double MeanMm => _nanometres.MeanNs / 1e6;

    /// <summary>Records a distance in metres; NaN, which says that there is none, is passed over.</summary>
    public void Record(double metres)
    {
        if (double.IsFinite(metres))
            _nanometres.Record((long)(metres * NanometresPerMetre));
    }

    /// <summary>The distance in millimetres that a share <paramref name="quantile"/> (0 to 1) does not exceed; NaN where nothing was recorded.</summary>
    public double QuantileMm(double quantile) => _nanometres.QuantileNs(quantile) / 1e6;
}
