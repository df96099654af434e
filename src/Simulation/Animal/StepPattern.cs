namespace ClosedLoop.Simulation;

/// <summary>
/// The pattern generator of stepping: one oscillator whose phase the four legs share with offsets (lateral sequence in
/// the walk, diagonal pairs in the trot, blended by speed). Each leg stands for the first part of its own cycle and
/// swings for the rest.
/// </summary>
internal sealed class StepPattern
{
    // Order of legs: hind left, hind right, fore left, fore right.
    private static readonly double[] WalkOffsets = [0, 0.5, 0.75, 0.25];
    private static readonly double[] TrotOffsets = [0, 0.5, 0.5, 0];

    private readonly double[] _phase = new double[4];
    private double _cycle;

    /// <summary>Duration of one cycle, seconds.</summary>
    public double PeriodS { get; private set; } = 0.5;

    /// <summary>Share of the cycle that a leg stands.</summary>
    public double Duty { get; private set; } = 0.75;

    /// <summary>Phase of a leg, 0 to 1: standing until <see cref="Duty"/>, swinging after it.</summary>
    public double Phase(int leg) => _phase[leg];

    /// <summary>Moves on by <paramref name="dtS"/> at the period and duty that belong to a speed (m/s at scale 1).</summary>
    public void Advance(double dtS, double speed, double timeScale)
    {
        // Stride frequency and duty over speed as in the rat (e.g. 2 Hz and 0.75 in a slow walk, 3.5 Hz and 0.5 in a trot).
        var trot = Math.Clamp((speed - 0.16) / 0.06, 0, 1);
        PeriodS = timeScale * Math.Clamp(0.62 - (1.6 * speed), 0.25, 1);
        Duty = 0.76 - (0.2 * trot);
        _cycle += dtS / PeriodS;
        _cycle -= Math.Floor(_cycle);
        for (var leg = 0; leg < 4; leg++)
        {
            var walkToTrot = TrotOffsets[leg] - WalkOffsets[leg];
            walkToTrot -= Math.Round(walkToTrot);
            var phase = _cycle + WalkOffsets[leg] + (trot * walkToTrot);
            _phase[leg] = phase - Math.Floor(phase);
        }
    }
}
