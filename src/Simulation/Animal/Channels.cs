namespace ClosedLoop.Simulation;

/// <summary>
/// The channels' targets and their smooth followers (critically damped, second order), so that set-points have a finite
/// speed whatever a behaviour asks for.
/// </summary>
internal sealed class Channels
{
    public static readonly int Count = Enum.GetValues<Channel>().Length;

    private readonly double[] _target = new double[Count];
    private readonly double[] _value = new double[Count];
    private readonly double[] _speed = new double[Count];
    private readonly double[] _timeS = new double[Count];

    /// <summary>The followed value.</summary>
    public double this[Channel channel] => _value[(int)channel];

    /// <summary>Where a channel goes.</summary>
    public double Target(Channel channel) => _target[(int)channel];

    /// <summary>Rate of change of the followed value.</summary>
    public double Speed(Channel channel) => _speed[(int)channel];

    /// <summary>Sets where a channel goes and how quickly (time constant, seconds).</summary>
    public void Set(Channel channel, double target, double timeS = 0.12)
    {
        _target[(int)channel] = target;
        _timeS[(int)channel] = timeS;
    }

    /// <summary>Puts a channel where it is asked to be at once.</summary>
    public void Jump(Channel channel, double value)
    {
        Set(channel, value);
        _value[(int)channel] = value;
        _speed[(int)channel] = 0;
    }

    public void Advance(double dtS)
    {
        for (var i = 0; i < Count; i++)
        {
            // Exact solution over one step: stable for any step and time constant.
            var omega = 1 / Math.Max(_timeS[i], 1e-3);
            var away = _value[i] - _target[i];
            var b = _speed[i] + (omega * away);
            var decay = Math.Exp(-omega * dtS);
            _value[i] = _target[i] + ((away + (b * dtS)) * decay);
            _speed[i] = (b - (omega * (away + (b * dtS)))) * decay;
        }
    }
}
