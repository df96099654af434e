using System.Numerics;
using ClosedLoop.Core;

namespace ClosedLoop.Electrophysiology;

/// <summary>Designs Butterworth filters as second-order sections: analogue prototype, then the bilinear transform with its corners where they were asked for.</summary>
public static class Butterworth
{
    /// <summary>A band-pass: 3 dB down at both corners, falling off beyond with <paramref name="order"/> times 20 dB a decade.</summary>
    /// <param name="order">Order of the prototype; so many sections.</param>
    /// <param name="lowHz">Lower corner.</param>
    /// <param name="highHz">Upper corner.</param>
    /// <param name="rateHz">Samples per second.</param>
    /// <exception cref="ClosedLoopException">The corners are not in order, or above half of the rate.</exception>
    public static Biquad[] BandPass(int order, double lowHz, double highHz, double rateHz)
    {
        if (order is < 1 or > 8 || !(lowHz > 0 && highHz > lowHz && highHz < rateHz / 2))
            throw ClosedLoopException.Usage($"a band-pass of order {order} from {lowHz} to {highHz} Hz at {rateHz} samples a second cannot be; give an order of 1 to 8 and corners in order, above 0 and below half of the rate");
        double Warped(double hz) => 2 * rateHz * Math.Tan(Math.PI * hz / rateHz);
        var (low, high) = (Warped(lowHz), Warped(highHz));
        var (middle, width) = (Math.Sqrt(low * high), high - low);
        var poles = new List<Complex>();
        for (var k = 0; k < order; k++)
        {
            // A prototype pole becomes two, one towards each corner.
            var half = Complex.FromPolarCoordinates(width / 2, Math.PI * ((2 * k) + order + 1) / (2 * order));
            var root = Complex.Sqrt((half * half) - (middle * middle));
            foreach (var pole in new[] { half + root, half - root })
                poles.Add(((2 * rateHz) + pole) / ((2 * rateHz) - pole));
        }
        var sections = new List<Biquad>();
        // Conjugates make a section; what is left on the real axis (a wide band of odd order) goes together two by two.
        foreach (var pole in poles.Where(pole => pole.Imaginary > 1e-12))
            sections.Add(new(1, 0, -1, -2 * pole.Real, (pole * Complex.Conjugate(pole)).Real));
        double[] real = [.. poles.Where(pole => Math.Abs(pole.Imaginary) <= 1e-12).Select(pole => pole.Real).Order()];
        for (var i = 0; i + 1 < real.Length; i += 2)
            sections.Add(new(1, 0, -1, -(real[i] + real[i + 1]), real[i] * real[i + 1]));
        // Each section passes the middle of the band as it is, so that none overflows.
        var z = Complex.FromPolarCoordinates(1, 2 * Math.Atan(middle / (2 * rateHz)));
        return [.. sections.Select(section => Scaled(section, 1 / Response(section, z).Magnitude))];
    }

    /// <summary>A low-pass: 3 dB down at the corner, falling off above it with <paramref name="order"/> times 20 dB a decade.</summary>
    /// <param name="order">Order, even: half as many sections.</param>
    /// <param name="cornerHz">Corner.</param>
    /// <param name="rateHz">Samples per second.</param>
    /// <exception cref="ClosedLoopException">The order is odd or too high, or the corner above half of the rate.</exception>
    public static Biquad[] LowPass(int order, double cornerHz, double rateHz)
    {
        if (order is < 2 or > 16 || order % 2 != 0 || !(cornerHz > 0 && cornerHz < rateHz / 2))
            throw ClosedLoopException.Usage($"a low-pass of order {order} at {cornerHz} Hz and {rateHz} samples a second cannot be; give an even order of 2 to 16 and a corner above 0 and below half of the rate");
        var corner = 2 * rateHz * Math.Tan(Math.PI * cornerHz / rateHz);
        return [.. Enumerable.Range(0, order / 2).Select(k =>
        {
            var analogue = Complex.FromPolarCoordinates(corner, Math.PI * ((2 * k) + order + 1) / (2 * order));
            var pole = ((2 * rateHz) + analogue) / ((2 * rateHz) - analogue);
            var section = new Biquad(1, 2, 1, -2 * pole.Real, (pole * Complex.Conjugate(pole)).Real);
            // Each passes what stands still as it is.
            return Scaled(section, 1 / Response(section, 1).Magnitude);
        })];
    }

    /// <summary>What sections make of a sine: by how much it is multiplied.</summary>
    /// <param name="sections">The filter.</param>
    /// <param name="hz">Frequency of the sine.</param>
    /// <param name="rateHz">Samples per second.</param>
    public static double Gain(IEnumerable<Biquad> sections, double hz, double rateHz)
    {
        var z = Complex.FromPolarCoordinates(1, 2 * Math.PI * hz / rateHz);
        return sections.Aggregate(1.0, (gain, section) => gain * Response(section, z).Magnitude);
    }

    private static Complex Response(Biquad s, Complex z) => (s.B0 + (s.B1 / z) + (s.B2 / (z * z))) / (1 + (s.A1 / z) + (s.A2 / (z * z)));

    private static Biquad Scaled(Biquad s, double gain) => s with { B0 = gain * s.B0, B1 = gain * s.B1, B2 = gain * s.B2 };
}
