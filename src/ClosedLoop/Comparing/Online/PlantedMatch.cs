using ClosedLoop.Core;
using ClosedLoop.Simulation;

namespace ClosedLoop.Comparing;

/// <summary>
/// Which sorted unit is which planted neuron, found while both fire: the neuron whose spikes lie within half a millisecond of
/// most of the unit's. Planted spikes are told on the thread that reads samples, sorted ones on the thread that sorts.
/// </summary>
public sealed class PlantedMatch : IPlantedSpikeSink
{
    /// <summary>Share of a unit's spikes that must be one neuron's before it is said to be it.</summary>
    public const double LeastShare = 0.6;

    private const double ToleranceS = 0.0005;
    private const int LeastSpikes = 20, Remembered = 4096;

    private readonly Lock _gate = new();
    private readonly (int Neuron, double Sample)[][] _planted;
    private readonly long[] _plantedCounts;
    private readonly Dictionary<(int Tetrode, int Unit), Dictionary<int, int>> _matches = [];
    private readonly Dictionary<(int Tetrode, int Unit), int> _sorted = [];
    private readonly double _tolerance;

    /// <summary>Makes one that has seen nothing.</summary>
    /// <param name="tetrodes">Number of tetrodes.</param>
    /// <param name="rateHz">Samples per second.</param>
    public PlantedMatch(int tetrodes, double rateHz)
    {
        (_planted, _plantedCounts) = ([.. Enumerable.Range(0, tetrodes).Select(_ => new (int, double)[Remembered])], new long[tetrodes]);
        _tolerance = ToleranceS * rateHz;
    }

    /// <inheritdoc/>
    public void Take(in PlantedSpike spike)
    {
        lock (_gate)
            _planted[spike.Tetrode][_plantedCounts[spike.Tetrode]++ % Remembered] = (spike.Unit, spike.Sample);
    }

    /// <summary>Takes sorted spikes; those that waited for their unit to be learnt are too old to be looked up.</summary>
    public void Take(SpikeBatch spikes)
    {
        ArgumentNullException.ThrowIfNull(spikes);
        lock (_gate)
            for (var i = 0; i < spikes.Count; i++)
                if (spikes.Units[i] > 0 && spikes.Flags[i] == 0)
                    Match((spikes.Tetrodes[i], spikes.Units[i]), spikes.Samples[i]);
    }

    /// <summary>The neuron that a unit is; 0: none, or not known yet.</summary>
    public int NeuronOf(int tetrode, int unit)
    {
        lock (_gate)
        {
            if (!_sorted.TryGetValue((tetrode, unit), out var spikes) || spikes < LeastSpikes || !_matches.TryGetValue((tetrode, unit), out var neurons))
                return 0;
            var (best, most) = (0, 0);
            foreach (var (neuron, count) in neurons)
                if (count > most)
                    (best, most) = (neuron, count);
            return most >= LeastShare * spikes ? best : 0;
        }
    }

    private void Match((int Tetrode, int Unit) unit, double sample)
    {
        _sorted[unit] = _sorted.GetValueOrDefault(unit) + 1;
        var (planted, count) = (_planted[unit.Tetrode], _plantedCounts[unit.Tetrode]);
        var (nearest, distance) = (0, _tolerance);
        // NB: spikes are told in order of time, but for those of a hundredth of a second.
        for (var i = count - 1; i >= Math.Max(0, count - Remembered) && planted[i % Remembered].Sample > sample - (100 * _tolerance); i--)
            if (Math.Abs(planted[i % Remembered].Sample - sample) is var apart && apart <= distance)
                (nearest, distance) = (planted[i % Remembered].Neuron, apart);
        if (nearest == 0)
            return;
        if (!_matches.TryGetValue(unit, out var neurons))
            _matches[unit] = neurons = [];
        neurons[nearest] = neurons.GetValueOrDefault(nearest) + 1;
    }
}
