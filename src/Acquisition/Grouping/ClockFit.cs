namespace ClosedLoop.Acquisition;

/// <summary>
/// Fits a device's clock to session time by the arrival of its records: offset and drift by weighted least squares that
/// forgets, with the drift held near zero until there is evidence. Arrivals that come much later than the fit expects
/// pull it little. Allocates nothing.
/// </summary>
/// <remarks>
/// NB: what is fitted is the arrival. The mean time from exposure to arrival cannot be told from the offset and stays in
/// it; where that matters there must be a sync line.
/// </remarks>
/// <param name="memory">About how many records the fit remembers.</param>
/// <param name="driftSdPpm">Drift that clocks are expected to have, parts per million.</param>
/// <param name="jitterSdS">Jitter that arrivals are expected to have, seconds.</param>
public sealed class ClockFit(double memory = 1500, double driftSdPpm = 100, double jitterSdS = 0.001)
{
    /// <summary>No quartz drifts by more, parts per million; the worst of consumer devices stay below.</summary>
    public const double MostDriftPpm = 1000;

    private readonly double _keep = 1 - (1 / memory);
    private readonly double _ridge = Math.Pow(jitterSdS / (driftSdPpm * 1e-6), 2);
    private long _deviceOriginNs, _sessionOriginNs;
    private double _weight, _meanX, _meanY, _sxx, _sxy, _variance;

    /// <summary>Records that were taken in.</summary>
    public long Count { get; private set; }

    /// <summary>By how much the device's clock runs slow against session time, parts per million.</summary>
    public double DriftPpm => 1e6 * Slope;

    /// <summary>Root mean square of what the fit leaves over, seconds: jitter of arrival and of the device's clock.</summary>
    public double ResidualS => Math.Sqrt(_variance);

    // NB: records that come ever later (a machine that is overloaded) are no drift of a clock.
    private double Slope => Count == 0 ? 0 : Math.Clamp(_sxy / (_sxx + _ridge), -MostDriftPpm * 1e-6, MostDriftPpm * 1e-6);

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        Count = 0;
        (_weight, _meanX, _meanY, _sxx, _sxy, _variance) = (0, 0, 0, 0, 0, 0);
    }

    /// <summary>Takes a record in.</summary>
    /// <param name="deviceNs">Its time by the device's clock, nanoseconds.</param>
    /// <param name="arrivalNs">When it arrived, nanoseconds of session time.</param>
    public void Add(long deviceNs, long arrivalNs)
    {
        if (Count == 0)
            (_deviceOriginNs, _sessionOriginNs) = (deviceNs, arrivalNs);
        var x = (deviceNs - _deviceOriginNs) * 1e-9;
        var y = ((arrivalNs - _sessionOriginNs) * 1e-9) - x;
        if (Count > 0)
        {
            var residual = y - At(x);
            // Arrivals are late by anything and early by nothing: a hiccup of the bus must not shift the clock.
            var limit = Count < 20 ? double.PositiveInfinity : (4 * Math.Max(ResidualS, jitterSdS / 4)) + (jitterSdS / 4);
            if (residual > limit)
                y -= residual - limit;
            residual = Math.Min(residual, limit);
            _variance += Math.Max(1.0 / Count, 1 - _keep) * ((residual * residual) - _variance);
        }
        _weight = (_keep * _weight) + 1;
        var dx = x - _meanX;
        _meanX += dx / _weight;
        _meanY += (y - _meanY) / _weight;
        _sxx = (_keep * _sxx) + (dx * (x - _meanX));
        _sxy = (_keep * _sxy) + (dx * (y - _meanY));
        Count++;
    }

    /// <summary>The session time, nanoseconds, at which a record with this device time arrives by the fit.</summary>
    public long ToSessionNs(long deviceNs)
    {
        var x = (deviceNs - _deviceOriginNs) * 1e-9;
        return _sessionOriginNs + (deviceNs - _deviceOriginNs) + (long)Math.Round(1e9 * At(x));
    }

    private double At(double x) => _meanY + (Slope * (x - _meanX));
}
