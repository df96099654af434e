namespace ClosedLoop.Acquisition;

/// <summary>
/// Numbers the triggers that several cameras share where none of them counts it: by time, with a phase-locked loop that
/// follows the trigger's own rate.
/// </summary>
internal sealed class TriggerPhase(double periodNs, int cameras)
{
    // Each camera's deviation counts a share of a twentieth: the phase follows drift and averages jitter.
    private readonly double _gain = 0.05 / cameras;
    private double _timeNs = double.NaN;
    private long _index;

    /// <summary>The number of the trigger at which a frame with this exposure was taken.</summary>
    public long IndexOf(long timeNs)
    {
        if (double.IsNaN(_timeNs))
        {
            _timeNs = timeNs;
            return _index = 0;
        }
        var steps = (long)Math.Round((timeNs - _timeNs) / periodNs);
        var deviation = timeNs - _timeNs - (steps * periodNs);
        if (steps > 0)
        {
            _index += steps;
            _timeNs += steps * periodNs;
            steps = 0;
        }
        _timeNs += _gain * deviation;
        return _index + steps;
    }
}
