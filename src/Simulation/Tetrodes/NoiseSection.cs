using System.Numerics;

namespace ClosedLoop.Simulation;

/// <summary>
/// A second-order filter that colours noise (a0 = 1), after the cookbook of Bristow-Johnson.
/// </summary>
internal readonly record struct NoiseSection(float B0, float B1, float B2, float A1, float A2)
{
    /// <summary>Passes a band around a frequency, 1 at its middle.</summary>
    public static NoiseSection BandPass(double hz, double q, double rateHz)
    {
        var w = 2 * Math.PI * hz / rateHz;
        var alpha = Math.Sin(w) / (2 * q);
        return new((float)(alpha / (1 + alpha)), 0, (float)(-alpha / (1 + alpha)), (float)(-2 * Math.Cos(w) / (1 + alpha)), (float)((1 - alpha) / (1 + alpha)));
    }

    /// <summary>Passes what is below a frequency (Butterworth, second order).</summary>
    public static NoiseSection LowPass(double hz, double rateHz)
    {
        var w = 2 * Math.PI * hz / rateHz;
        var alpha = Math.Sin(w) / Math.Sqrt(2);
        var b = (1 - Math.Cos(w)) / 2 / (1 + alpha);
        return new((float)b, (float)(2 * b), (float)b, (float)(-2 * Math.Cos(w) / (1 + alpha)), (float)((1 - alpha) / (1 + alpha)));
    }

    /// <summary>What it makes of a sine.</summary>
    public Complex Response(double hz, double rateHz)
    {
        var z = Complex.FromPolarCoordinates(1, -2 * Math.PI * hz / rateHz);
        return (B0 + (B1 * z) + (B2 * z * z)) / (1 + (A1 * z) + (A2 * z * z));
    }
}
