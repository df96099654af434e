namespace ClosedLoop.Simulation;

/// <summary>
/// The pattern generator of stepping: one oscillator whose phase the four legs share, each a quarter of the cycle after
/// the other in the lateral sequence of a walking rat (hind left, fore left, hind right, fore right). Each leg stands for
/// the first part of its own cycle and swings for the rest.
/// </summary>
internal sealed class StepPattern
{
    /// <summary>Share of the cycle that a leg stands.</summary>
    public const double Duty = 0.76;

    // Order of legs: hind left, hind right, fore left, fore right.
    private static readonly double[] Offsets = [0, 0.5, 0.75, 0.25];

    private readonly double[] _phase = new double[4];
    private double _cycle;

    /// <summary>Duration of one cycle, seconds.</summary>
    public double PeriodS { get; private set; } = 0.5;

    /// <summary>Phase of a leg, 0 to 1: standing until <see cref="Duty"/>, swinging after it.</summary>
    public double Phase(int leg) => _phase[leg];

    /// <summary>Moves on by <paramref name="dtS"/> at the period that belongs to a speed (m/s at scale 1).</summary>
    public void Advance(double dtS, double speed, double timeScale)
    {
        // Stride frequency rises with speed, as in the rat: 1.6 Hz in place to 2.3 Hz at 12 cm/s.
        PeriodS = timeScale * Math.Clamp(0.62 - (1.6 * speed), 0.3, 0.62);
        _cycle += dtS / PeriodS;
        _cycle -= Math.Floor(_cycle);
        for (var leg = 0; leg < 4; leg++)
        {
            var phase = _cycle + Offsets[leg];
            _phase[leg] = phase - Math.Floor(phase);
        }
    }
}
