using ClosedLoop.Electrophysiology;
using ClosedLoop.Simulation;

namespace ClosedLoop.Datasets;

/// <summary>What the truth says of a planted neuron, over a recording.</summary>
/// <param name="BestWire">The wire, from 0, on which its spikes are largest halfway through.</param>
/// <param name="AmplitudeMicrovolts">Mean depth of its spikes' trough there, as planted.</param>
/// <param name="FilteredMicrovolts">The same from 300 to 6000 Hz.</param>
/// <param name="Snr">The latter over the channel's noise in that band.</param>
/// <param name="LeastDepth">The least depth of a rested spike there while it drifted, relative to halfway through.</param>
/// <param name="MostDepth">The most.</param>
/// <param name="DriftMicrometres">The farthest it was from where it began.</param>
internal sealed record PlantedUnitStatistics(int BestWire, double AmplitudeMicrovolts, double FilteredMicrovolts, double Snr, double LeastDepth, double MostDepth, double DriftMicrometres)
{
    /// <summary>Works them out.</summary>
    /// <param name="unit">The neuron.</param>
    /// <param name="seconds">Length of the recording.</param>
    /// <param name="rateHz">Samples per second.</param>
    /// <param name="meanAmplitude">Of its spikes, relative to rested ones; 1 where it has none.</param>
    /// <param name="noise">By channel, the noise's standard deviation in the band.</param>
    public static PlantedUnitStatistics Of(SimulatedUnit unit, double seconds, double rateHz, double meanAmplitude, ReadOnlySpan<float> noise)
    {
        const int Looks = 200;
        var best = unit.BestWire(seconds / 2);
        Span<double> depths = stackalloc double[SimulatedTetrodeOptions.Wires];
        unit.Depths(seconds / 2, depths);
        var (middle, sum, least, most, farthest) = (depths[best], 0.0, double.MaxValue, 0.0, 0.0);
        var origin = unit.PositionMicrometres(0);
        for (var look = 0; look < Looks; look++)
        {
            var timeS = seconds * (look + 0.5) / Looks;
            unit.Depths(timeS, depths);
            sum += depths[best] / Looks;
            (least, most) = (Math.Min(least, depths[best]), Math.Max(most, depths[best]));
            var place = unit.PositionMicrometres(timeS);
            farthest = Math.Max(farthest, Math.Sqrt(Square(place.X - origin.X) + Square(place.Y - origin.Y) + Square(place.Z - origin.Z)));
        }
        var filtered = FilteredDepth(unit, seconds / 2, best, rateHz) * sum / middle * meanAmplitude;
        var channel = (SimulatedTetrodeOptions.Wires * unit.Tetrode) + best;
        return new(best, sum * meanAmplitude, filtered, filtered / noise[channel], least / middle, most / middle, farthest);
    }

    /// <summary>Depth of the trough that is left of a rested spike on a wire after the band-pass.</summary>
    private static double FilteredDepth(SimulatedUnit unit, double timeS, int wire, double rateHz)
    {
        // NB: the filter works on counts; at a hundred counts a microvolt their rounding is nothing.
        const double PerCount = 0.01;
        var template = new float[SimulatedTetrodeOptions.Wires * unit.TemplateSamples];
        unit.Template(timeS, template);
        short[] counts = [.. template.Skip(wire * unit.TemplateSamples).Take(unit.TemplateSamples).Select(value => (short)Math.Clamp(value / PerCount, short.MinValue, short.MaxValue))];
        var filtered = new float[counts.Length];
        new FilterBank(TetrodeNoise.Band(rateHz), [PerCount]).Process(counts, counts.Length, filtered, counts.Length);
        return -filtered.Min();
    }

    private static double Square(double x) => x * x;
}
