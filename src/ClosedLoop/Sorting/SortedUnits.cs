using ClosedLoop.Electrophysiology;
using ClosedLoop.Recording;

namespace ClosedLoop.Sorting;

/// <summary>Keeps the spikes of one pass by unit.</summary>
public sealed class SortedUnits : ISortedSpikeSink
{
    private readonly Dictionary<(int Tetrode, int Unit), List<double>> _spikes = [];

    /// <summary>Spikes that no unit explains.</summary>
    public long Unsorted { get; private set; }

    /// <summary>Spikes of units.</summary>
    public long Sorted { get; private set; }

    /// <inheritdoc/>
    public void Take(in SortedSpike spike)
    {
        if (spike.Unit == 0)
        {
            Unsorted++;
            return;
        }
        Sorted++;
        if (!_spikes.TryGetValue((spike.Tetrode, spike.Unit), out var own))
            _spikes.Add((spike.Tetrode, spike.Unit), own = []);
        own.Add(spike.Sample);
    }

    /// <summary>Sample numbers of each unit's spikes, ascending; units by tetrode, then by number.</summary>
    public IReadOnlyList<(int Tetrode, int Unit, double[] Samples)> Units() =>
        [.. _spikes.OrderBy(entry => entry.Key).Select(entry => (entry.Key.Tetrode, entry.Key.Unit, entry.Value.Order().ToArray()))];

    /// <summary>The units with their qualities, as a file keeps them.</summary>
    /// <param name="chain">The chain that sorted them.</param>
    /// <param name="firstSample">The device's number of the recording's first sample.</param>
    public IReadOnlyList<NwbUnit> With(SpikeSortingChain chain, long firstSample)
    {
        var qualities = chain.Sorters.SelectMany(sorter => sorter.Qualities()).ToDictionary(quality => (quality.Tetrode, quality.Unit));
        return [.. Units().Select(unit =>
        {
            var quality = qualities.GetValueOrDefault((unit.Tetrode, unit.Unit));
            double[] times = [.. unit.Samples.Select(sample => (sample - firstSample) / chain.RateHz)];
            return new NwbUnit(unit.Tetrode, unit.Unit, times, quality?.Snr ?? double.NaN, quality?.IsiViolation ?? double.NaN, quality?.IsolationDistance ?? double.NaN, quality?.LRatio ?? double.NaN);
        })];
    }
}
