using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ClosedLoop.Simulation;

/// <summary>
/// What simulated tetrodes give, a hundredth of a second at a time: the neurons' spikes where they fall, noise, what all
/// wires pick up together, and the converter that makes counts of it. Deterministic; its memory does not grow; allocates
/// nothing after construction. One thread.
/// </summary>
public sealed class TetrodeSignal
{
    // The tissue creeps so slowly that it is looked after ten times a second.
    private const int DriftEvery = 10;

    // No neuron has more spikes than this in a hundredth of a second: none recovers within a millisecond.
    private const int MostSpikes = 12;

    private readonly SimulatedTetrodeOptions _options;
    private readonly SimulatedUnit[] _units;
    private readonly IActivityPlan _activity;
    private readonly IRatePlan _rates;
    private readonly IPlantedSpikeSink? _truth;
    private readonly long _firstNumber;
    private readonly BackgroundNoise _noise;
    private readonly CommonSignals _common;
    private readonly Vector256<float>[] _gains;
    private readonly double[] _ratesHz;
    private readonly PlantedSpike[] _planted;
    private readonly float[] _rows, _signals;
    private readonly short[] _counts;
    private readonly int _stride, _tail, _before;
    private long _hundredths;

    /// <summary>Plants the neurons.</summary>
    /// <param name="options">What is planted.</param>
    /// <param name="rates">How fast the neurons fire; null: a plan by behaviour.</param>
    /// <param name="activity">What the animal does; null: a life of its own.</param>
    /// <param name="truth">Told of every spike; null: nobody is.</param>
    /// <param name="firstSample">The device's number of the first sample, for the truth.</param>
    /// <exception cref="Core.ClosedLoopException">An option is out of its range.</exception>
    public TetrodeSignal(SimulatedTetrodeOptions options, IRatePlan? rates = null, IActivityPlan? activity = null, IPlantedSpikeSink? truth = null, long firstSample = 0)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        (_options, _truth, _firstNumber) = (options, truth, firstSample);
        _rates = rates ?? new BehaviourRates(options.Seed);
        _activity = activity ?? new BehaviourActivity(options.Seed);
        _units = UnitPlacement.Place(options);
        SampleCount = (int)(options.RateHz / 100);
        _stride = BackgroundNoise.Padded(options.Channels);
        (_before, _tail) = (SpikeShape.Before(options.RateHz), SpikeShape.Length(options.RateHz) + 1);
        _noise = new(options);
        _common = new(options, SampleCount);
        _gains = [.. _common.Gains.SelectMany(gains => MemoryMarshal.Cast<float, Vector256<float>>(gains.AsSpan()).ToArray())];
        (_ratesHz, _planted) = (new double[_units.Length], new PlantedSpike[_units.Length * MostSpikes]);
        (_rows, _signals) = (new float[(SampleCount + _tail) * _stride], new float[CommonSignals.Count * SampleCount]);
        _counts = new short[SampleCount * _stride];
    }

    /// <summary>The neurons, tetrode by tetrode.</summary>
    public IReadOnlyList<SimulatedUnit> Units => _units;

    /// <summary>Samples per channel that <see cref="Next"/> makes.</summary>
    public int SampleCount { get; }

    /// <summary>Makes the next samples.</summary>
    public void Next()
    {
        var timeS = _hundredths * SampleCount / _options.RateHz;
        var activity = _activity.At(timeS);
        _rates.Fill(timeS, activity, _units, _ratesHz);
        if (_hundredths % DriftEvery == 0)
            foreach (var unit in _units)
                unit.Move(timeS);
        Fire();
        _noise.Add(_rows.AsSpan(0, SampleCount * _stride));
        _common.Fill(SampleCount, activity, _signals);
        Convert();
        // What spikes have left behind the end comes first the next time.
        _rows.AsSpan(SampleCount * _stride).CopyTo(_rows);
        _rows.AsSpan(_tail * _stride).Clear();
        _hundredths++;
    }

    /// <summary>Copies samples that were made last.</summary>
    /// <param name="first">The first of them, from 0.</param>
    /// <param name="count">How many.</param>
    /// <param name="counts">Receives them, sample by sample, all channels of each.</param>
    public void Copy(int first, int count, Span<short> counts)
    {
        var channels = _options.Channels;
        if (channels == _stride)
        {
            _counts.AsSpan(first * channels, count * channels).CopyTo(counts);
            return;
        }
        for (var i = 0; i < count; i++)
            _counts.AsSpan((first + i) * _stride, channels).CopyTo(counts[(i * channels)..]);
    }

    /// <summary>Adds the spikes that begin in this hundredth and tells them in order of their troughs.</summary>
    private void Fire()
    {
        const int Phases = SpikeShape.Phases;
        var origin = _hundredths * SampleCount;
        var (fromS, untilS) = (origin / _options.RateHz, (origin + SampleCount) / _options.RateHz);
        var count = 0;
        for (var u = 0; u < _units.Length; u++)
        {
            var unit = _units[u];
            var atS = fromS;
            for (var spikes = 0; spikes < MostSpikes && unit.TryNext(atS, untilS, _ratesHz[u], out atS, out var amplitude); spikes++)
            {
                // In 32nds of a sample: what is told is exactly what is planted.
                var begin = (long)Math.Round(atS * _options.RateHz * Phases);
                var row = (int)((begin / Phases) - origin);
                unit.Add(_rows.AsSpan((row * _stride) + (SimulatedTetrodeOptions.Wires * unit.Tetrode)), _stride, (int)(begin % Phases), amplitude);
                var spike = new PlantedSpike(unit.Id, unit.Tetrode, _firstNumber + _before + (begin / (double)Phases), amplitude);
                // NB: a handful a time; a sort by the framework's comparers would allocate.
                var place = count++;
                for (; place > 0 && _planted[place - 1].Sample > spike.Sample; place--)
                    _planted[place] = _planted[place - 1];
                _planted[place] = spike;
            }
        }
        for (var i = 0; i < count; i++)
            _truth?.Take(_planted[i]);
    }

    /// <summary>Adds what is common, and makes counts.</summary>
    private void Convert()
    {
        var rows = MemoryMarshal.Cast<float, Vector256<float>>(_rows.AsSpan(0, SampleCount * _stride));
        var counts = MemoryMarshal.Cast<short, Vector128<short>>(_counts.AsSpan());
        var vectors = _stride / Vector256<float>.Count;
        var perMicrovolt = Vector256.Create((float)(1 / _options.MicrovoltsPerCount));
        var (most, least) = (Vector256.Create((float)short.MaxValue), Vector256.Create(-(float)short.MaxValue));
        for (var t = 0; t < SampleCount; t++)
            for (var v = 0; v < vectors; v++)
            {
                var microvolts = rows[(t * vectors) + v];
                for (var signal = 0; signal < CommonSignals.Count; signal++)
                    microvolts += _gains[(signal * vectors) + v] * _signals[(signal * SampleCount) + t];
                var held = Vector256.Max(least, Vector256.Min(most, Vector256.Round(microvolts * perMicrovolt)));
                var whole = Vector256.ConvertToInt32(held);
                counts[(t * vectors) + v] = Vector128.Narrow(whole.GetLower(), whole.GetUpper());
            }
    }
}
