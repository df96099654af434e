using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tetrodes;

/// <summary>
/// Looks at the units of one tetrode after the other, for their qualities take some ten milliseconds, and tells of those
/// that are new or have changed. On the sorting thread.
/// </summary>
internal sealed class UnitLooks(SortedStream stream, Func<SessionTime> now, Action<SortedUnit> onUnit)
{
    private readonly Dictionary<(int Tetrode, int Unit), (string State, int Index)> _told = [];
    private readonly SortedUnit[][] _units = [.. stream.Chain.Sorters.Select(_ => Array.Empty<SortedUnit>())];
    private int _next;

    /// <summary>The units as of the last look at their tetrodes.</summary>
    public IEnumerable<SortedUnit> Units => _units.SelectMany(units => units);

    /// <summary>Looks at the next tetrode.</summary>
    public void LookOn()
    {
        Look(_next, always: false);
        _next = (_next + 1) % _units.Length;
    }

    /// <summary>Looks at all tetrodes and tells of every unit.</summary>
    public void LookAtAll()
    {
        for (var tetrode = 0; tetrode < _units.Length; tetrode++)
            Look(tetrode, always: true);
    }

    private void Look(int tetrode, bool always)
    {
        var sorter = stream.Chain.Sorters[tetrode];
        _units[tetrode] = [.. sorter.Qualities().Select(quality => Describe(sorter, quality))];
        foreach (var unit in _units[tetrode])
        {
            var (key, stands) = ((unit.Tetrode, unit.Unit), (unit.State, unit.Index));
            if (!always && _told.TryGetValue(key, out var told) && told == stands)
                continue;
            _told[key] = stands;
            onUnit(unit);
        }
    }

    private SortedUnit Describe(TetrodeSorter sorter, UnitQuality quality) => new()
    {
        Time = now(),
        Index = stream.IndexOf(quality.Tetrode, quality.Unit),
        Tetrode = quality.Tetrode,
        Unit = quality.Unit,
        State = quality.State.ToString().ToLowerInvariant(),
        Spikes = quality.Spikes,
        RateHz = quality.RateHz,
        PeakMicrovolts = quality.PeakMicrovolts,
        Snr = quality.Snr,
        IsiViolation = quality.IsiViolation,
        IsolationDistance = quality.IsolationDistance,
        LRatio = quality.LRatio,
        Drift = quality.Drift,
        Waveform = sorter.Waveform(quality.Unit),
        SamplesBefore = stream.Chain.Options.Sorting.Before,
    };
}
