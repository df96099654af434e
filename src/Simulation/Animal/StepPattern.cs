namespace ClosedLoop.Simulation;

/// <summary>
/// The pattern generator of stepping: one oscillator whose phase the four legs share. In the walk each leg is a quarter of
/// the cycle after the other, in the lateral sequence of a walking rat (hind left, fore left, hind right, fore right); in
/// the trot the forelegs move on by another quarter, so that diagonal legs step together. Each leg stands for the first
/// part of its own cycle and swings for the rest.
/// </summary>
internal sealed class StepPattern
{
    // Shares of the cycle that a leg stands, and the trot's cycle, seconds.
    private const double WalkDuty = 0.76, TrotDuty = 0.52, TrotPeriodS = 0.21;

    // Order of legs: hind left, hind right, fore left, fore right.
    private static readonly double[] WalkOffsets = [0, 0.5, 0.75, 0.25];
    private static readonly double[] TrotOffsets = [0, 0.5, 0.5, 0];

    private readonly double[] _phase = new double[4];
    private double _cycle;

    /// <summary>Duration of one cycle, seconds.</summary>
    public double PeriodS { get; private set; } = 0.5;

    /// <summary>Share of the cycle that a leg stands.</summary>
    public double Duty { get; private set; } = WalkDuty;

    /// <summary>Phase of a leg, 0 to 1: standing until <see cref="Duty"/>, swinging after it.</summary>
    public double Phase(int leg) => _phase[leg];

    /// <summary>Moves on by <paramref name="dtS"/> at the period that belongs to a speed (m/s at scale 1) and a gait (0 walk, 1 trot).</summary>
    public void Advance(double dtS, double speed, double trot, double timeScale)
    {
        // Stride frequency rises with speed, as in the rat: 1.6 Hz in place to 2.3 Hz at 12 cm/s, nearly 5 Hz in the trot.
        var walkS = Math.Clamp(0.62 - (1.6 * speed), 0.3, 0.62);
        PeriodS = timeScale * Plane.Blend(walkS, TrotPeriodS, trot);
        Duty = Plane.Blend(WalkDuty, TrotDuty, trot);
        _cycle += dtS / PeriodS;
        _cycle -= Math.Floor(_cycle);
        for (var leg = 0; leg < 4; leg++)
        {
            var phase = _cycle + Plane.Blend(WalkOffsets[leg], TrotOffsets[leg], trot);
            _phase[leg] = phase - Math.Floor(phase);
        }
    }
}
