using System.Runtime.Intrinsics;
using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// A neuron beside a tetrode. Its spike falls with the distance r from each wire's tip as 1 / (1 + (r / 28 um)^2), about as
/// was measured around cells in hippocampus (Henze et al. 2000: some 60 uV at 50 um, nothing to see beyond 140), and becomes
/// slower. As the tissue drifts its distances change, and with them its size and shape.
/// </summary>
public sealed class SimulatedUnit
{
    private const double DecayUm = 28, SlowedFromUm = 20, SlowedWithinUm = 120, MostSlowed = 0.8;

    // Farther from the cell a spike is slower by so much; a tired one (late in a burst) likewise.
    private const double Stretch = 1.3, TiredSlowing = 0.8;

    // Spikes of a neuron are alike within this standard deviation.
    private const double AmplitudeSpread = 0.03;

    private readonly NeuronTraits _traits;
    private readonly (double X, double Y, double Z) _place;
    private readonly TetrodeWires _wires;
    private readonly double[] _gains;
    private readonly TissueDrift _drift;
    private readonly float[] _near, _far;
    private readonly RandomStream _random;
    private readonly SpikeTrain _train;
    private readonly int _length;
    private Vector128<float> _nearMicrovolts, _farMicrovolts;

    internal SimulatedUnit(int id, int tetrode, NeuronType type, NeuronTraits traits, (double X, double Y, double Z) place, TetrodeWires wires, double[] gains, TissueDrift drift, SimulatedTetrodeOptions options)
    {
        (Id, Tetrode, Type, _traits, _place, _wires, _gains, _drift) = (id, tetrode, type, traits, place, wires, gains, drift);
        _random = new(options.Seed, $"amplitudes of unit {id}");
        _train = new(traits, new(options.Seed, $"train of unit {id}"));
        (_near, _far) = (traits.Shape.Sample(options.RateHz, 1), traits.Shape.Sample(options.RateHz, Stretch));
        (TroughSample, _length) = (SpikeShape.Before(options.RateHz), SpikeShape.Length(options.RateHz));
        Move(0);
    }

    /// <summary>Number of the neuron, from 1 over all tetrodes.</summary>
    public int Id { get; }

    /// <summary>Index of the tetrode it is near; no other sees it.</summary>
    public int Tetrode { get; }

    /// <summary>Its family.</summary>
    public NeuronType Type { get; }

    /// <summary>Mean rate, spikes per second, from which a <see cref="IRatePlan"/> may set out.</summary>
    public double RateHz => _traits.RateHz;

    /// <summary>Absolute refractory period, seconds.</summary>
    public double RefractoryS => _traits.RefractoryS;

    /// <summary>Probability that a spike is followed by another of the same burst.</summary>
    public double BurstProbability => _traits.BurstProbability;

    /// <summary>Samples of <see cref="Template"/> on a wire.</summary>
    public int TemplateSamples => _length;

    /// <summary>Place of the trough among them.</summary>
    public int TroughSample { get; }

    /// <summary>Where it is, micrometres from the middle of the wires' tips, the shaft being at +z.</summary>
    /// <param name="timeS">Seconds since the first sample.</param>
    public (double X, double Y, double Z) PositionMicrometres(double timeS)
    {
        var moved = _drift.At(timeS);
        return (_place.X + moved.X, _place.Y + moved.Y, _place.Z + moved.Z);
    }

    /// <summary>Depth of a rested spike's trough on each of the four wires, microvolts.</summary>
    /// <param name="timeS">Seconds since the first sample.</param>
    /// <param name="microvolts">Receives four depths, above 0.</param>
    public void Depths(double timeS, Span<double> microvolts)
    {
        var place = PositionMicrometres(timeS);
        for (var wire = 0; wire < SimulatedTetrodeOptions.Wires; wire++)
        {
            var relative = _wires.DistanceUm(wire, place) / DecayUm;
            microvolts[wire] = _traits.CellMicrovolts * _gains[wire] / (1 + (relative * relative));
        }
    }

    /// <summary>The wire on which it is largest at a time.</summary>
    /// <param name="timeS">Seconds since the first sample.</param>
    public int BestWire(double timeS)
    {
        Span<double> depths = stackalloc double[SimulatedTetrodeOptions.Wires];
        Depths(timeS, depths);
        return depths.IndexOf(Math.Max(Math.Max(depths[0], depths[1]), Math.Max(depths[2], depths[3])));
    }

    /// <summary>A rested spike whose trough falls on a sample.</summary>
    /// <param name="timeS">Seconds since the first sample.</param>
    /// <param name="microvolts">Receives it wire by wire, <see cref="TemplateSamples"/> numbers each.</param>
    public void Template(double timeS, Span<float> microvolts)
    {
        var (near, far) = Shares(timeS);
        for (var wire = 0; wire < SimulatedTetrodeOptions.Wires; wire++)
            for (var i = 0; i < _length; i++)
                microvolts[(wire * _length) + i] = (near[wire] * _near[i]) + (far[wire] * _far[i]);
    }

    /// <summary>Its next spike; see <see cref="SpikeTrain.TryNext"/>.</summary>
    internal bool TryNext(double fromS, double untilS, double rateHz, out double timeS, out float amplitude)
    {
        if (!_train.TryNext(fromS, untilS, rateHz, out timeS, out amplitude))
            return false;
        amplitude *= (float)Math.Max(0.5, 1 + (AmplitudeSpread * _random.Normal()));
        return true;
    }

    /// <summary>Takes note of where it is by now.</summary>
    internal void Move(double timeS) => (_nearMicrovolts, _farMicrovolts) = Shares(timeS);

    /// <summary>Adds a spike to samples.</summary>
    /// <param name="rows">From the spike's first sample on its tetrode's first wire; wires lie side by side.</param>
    /// <param name="stride">Numbers from a sample to the next.</param>
    /// <param name="phase">How many 32nds of a sample later.</param>
    /// <param name="amplitude">How large, beside a rested one.</param>
    internal void Add(Span<float> rows, int stride, int phase, float amplitude)
    {
        var tired = (float)(TiredSlowing * Math.Clamp(1 - amplitude, 0, 1));
        var near = _nearMicrovolts * (amplitude * (1 - tired));
        var far = (_farMicrovolts * amplitude) + (_nearMicrovolts * (amplitude * tired));
        var nearShape = _near.AsSpan(phase * _length, _length);
        var farShape = _far.AsSpan(phase * _length, _length);
        for (var i = 0; i < _length; i++)
        {
            var row = rows.Slice(i * stride, SimulatedTetrodeOptions.Wires);
            (Vector128.Create<float>(row) + (near * nearShape[i]) + (far * farShape[i])).CopyTo(row);
        }
    }

    /// <summary>By wire, the depth that has the shape near the cell, and that which has the slower one.</summary>
    private (Vector128<float> Near, Vector128<float> Far) Shares(double timeS)
    {
        Span<double> depths = stackalloc double[SimulatedTetrodeOptions.Wires];
        Span<float> near = stackalloc float[SimulatedTetrodeOptions.Wires], far = stackalloc float[SimulatedTetrodeOptions.Wires];
        Depths(timeS, depths);
        var place = PositionMicrometres(timeS);
        for (var wire = 0; wire < SimulatedTetrodeOptions.Wires; wire++)
        {
            var slowed = Math.Clamp((_wires.DistanceUm(wire, place) - SlowedFromUm) / SlowedWithinUm, 0, MostSlowed);
            near[wire] = (float)(depths[wire] * (1 - slowed));
            far[wire] = (float)(depths[wire] * slowed);
        }
        return (Vector128.Create<float>(near), Vector128.Create<float>(far));
    }
}
