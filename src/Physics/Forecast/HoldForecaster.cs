using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>Forecasts that the animal stays as it is. What every other forecast is measured against.</summary>
/// <param name="body">The body; stays the caller's.</param>
public sealed class HoldForecaster(BodyModel body) : IPoseForecaster
{
    private readonly double[] _last = new double[body.Model.Nq];

    /// <inheritdoc/>
    public string Name => "hold";

    /// <inheritdoc/>
    public int LongestAhead => int.MaxValue;

    /// <inheritdoc/>
    public void Reset()
    {
    }

    /// <inheritdoc/>
    public void Observe(Pose pose) => pose.Qpos.CopyTo(_last, 0);

    /// <inheritdoc/>
    public void Forecast(int ahead, Pose target) => _last.CopyTo(target.Qpos, 0);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
