namespace ClosedLoop.Simulation;

/// <summary>White noise through two equal low-passes: falls off with 40 dB a decade, so that nothing of it reaches the spikes' band.</summary>
internal sealed class SlowNoise
{
    private readonly double _share, _gain;
    private double _first, _second;

    /// <param name="hz">Corner.</param>
    /// <param name="sd">Standard deviation of what comes out where that of what goes in is 1.</param>
    /// <param name="rateHz">Samples per second.</param>
    public SlowNoise(double hz, double sd, double rateHz)
    {
        var pole = Math.Exp(-2 * Math.PI * hz / rateHz);
        _share = 1 - pole;
        // The variance of two equal poles' answer to white noise.
        _gain = sd / Math.Sqrt(Math.Pow(_share, 4) * (1 + (pole * pole)) / Math.Pow(1 - (pole * pole), 3));
    }

    public double Next(double white)
    {
        _first += _share * (white - _first);
        _second += _share * (_first - _second);
        return _gain * _second;
    }
}
