using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// How the tissue around a tetrode creeps: three slow oscillations of minutes, a quarter of an hour and an hour, most of it
/// along the shaft. Zero at time zero; a function of time alone.
/// </summary>
internal sealed class TissueDrift
{
    // Typical period, minutes, and amplitude relative to the drift asked for: together their standard deviation is about 1.
    private static readonly (double Minutes, double Amplitude)[] Waves = [(5, 0.3), (16, 0.6), (60, 1.2)];
    private static readonly double[] ByAxis = [0.3, 0.3, 1];

    private readonly (double Frequency, double Phase, double Amplitude)[] _waves;

    public TissueDrift(double micrometres, RandomStream random)
    {
        _waves = new (double, double, double)[3 * Waves.Length];
        for (var i = 0; i < _waves.Length; i++)
        {
            var (minutes, amplitude) = Waves[i % Waves.Length];
            _waves[i] = (2 * Math.PI / (60 * minutes * random.Uniform(0.7, 1.4)), random.Uniform(0, 2 * Math.PI), amplitude * micrometres * ByAxis[i / Waves.Length]);
        }
    }

    /// <summary>Micrometres that the tissue has moved since the beginning.</summary>
    public (double X, double Y, double Z) At(double timeS) => (Axis(0, timeS), Axis(1, timeS), Axis(2, timeS));

    private double Axis(int axis, double timeS)
    {
        var moved = 0.0;
        for (var i = axis * Waves.Length; i < (axis + 1) * Waves.Length; i++)
        {
            var (frequency, phase, amplitude) = _waves[i];
            moved += amplitude * (Math.Sin((frequency * timeS) + phase) - Math.Sin(phase));
        }
        return moved;
    }
}
