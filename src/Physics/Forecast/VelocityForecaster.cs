using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// Forecasts that the animal goes on as it moved from the last pose but one to the last, slower by a factor with every
/// frame: the root along its line and about its axis, every joint on its own.
/// </summary>
public sealed class VelocityForecaster : IPoseForecaster
{
    /// <summary>The factor that is best on registered poses of a real rat and on simulated motion; noisier poses want less (docs/reference.md).</summary>
    public const double DefaultFade = 0.7;

    private readonly double _fade;
    private readonly PoseHistory _history;
    private readonly double[] _turn = new double[3];

    /// <summary>Makes a forecaster that has seen nothing.</summary>
    /// <param name="body">The body; stays the caller's.</param>
    /// <param name="fade">The velocity of a frame as a share of the velocity of the frame before, 0 to 1.</param>
    /// <exception cref="ClosedLoopException">The factor is outside of its range.</exception>
    public VelocityForecaster(BodyModel body, double fade = DefaultFade)
    {
        if (!(fade is >= 0 and <= 1))
            throw ClosedLoopException.Usage($"a velocity that is multiplied by {fade} with every frame was asked for; give a factor from 0 (hold) to 1 (constant velocity)");
        (_fade, _history) = (fade, new(body.Model.Nq, 2));
    }

    /// <inheritdoc/>
    public string Name => "velocity";

    /// <inheritdoc/>
    public int LongestAhead => int.MaxValue;

    /// <inheritdoc/>
    public void Reset() => _history.Clear();

    /// <inheritdoc/>
    public void Observe(Pose pose)
    {
        _history.Add(pose);
        Egocentric.Turn(_history.Ago(1).AsSpan(3, 4), _history.Ago(0).AsSpan(3, 4), _turn);
    }

    /// <inheritdoc/>
    public void Forecast(int ahead, Pose target)
    {
        var (reach, velocity) = (0.0, 1.0);
        for (var frame = 0; frame < ahead; frame++)
        {
            velocity *= _fade;
            reach += velocity;
        }
        var (before, last, next) = (_history.Ago(1), _history.Ago(0), target.Qpos);
        for (var i = 0; i < next.Length; i++)
            next[i] = last[i] + (reach * (last[i] - before[i]));
        Egocentric.Turned(last.AsSpan(3, 4), reach * _turn[0], reach * _turn[1], reach * _turn[2], next.AsSpan(3, 4));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
