using ClosedLoop.Core;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Sorts a recording twice. The first pass is a session's: <see cref="SpikeSortingChain"/>, which knows nothing of what
/// comes. It leaves behind what each unit looked like in each stretch of the recording; those that turn out to be one
/// become one, those that hardly fired go. The second pass explains everything anew by the units as they looked at
/// that time, drift known both ways and units known before they were found.
/// </summary>
public sealed class OfflineSorter
{
    private const int Compared = 7;

    private readonly IReadOnlyList<IReadOnlyList<int>> _tetrodes;
    private readonly SortingChainOptions _options;
    private readonly double _stretchS;

    /// <summary>Makes a sorter.</summary>
    /// <param name="tetrodes">The channels of each tetrode.</param>
    /// <param name="options">How samples become spikes.</param>
    /// <param name="stretchS">Seconds within which a unit looks the same.</param>
    public OfflineSorter(IReadOnlyList<IReadOnlyList<int>> tetrodes, SortingChainOptions? options = null, double stretchS = 30)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stretchS);
        (_tetrodes, _options, _stretchS) = (tetrodes, options ?? new(), stretchS);
    }

    /// <summary>Sorts a recording.</summary>
    /// <param name="open">Opens it at its beginning; called twice.</param>
    /// <param name="first">Told of the first pass's spikes.</param>
    /// <param name="second">Told of the second pass's spikes, which are called as in the first.</param>
    /// <param name="progress">Told of the pass (1 or 2) and of the samples that it is through with; null: nobody is.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The two chains as they are at the end: their units and their qualities.</returns>
    /// <exception cref="ClosedLoopException">The recording cannot be read, or the tetrodes do not fit it.</exception>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public (SpikeSortingChain First, SpikeSortingChain Second) Sort(
        Func<ISampleSource> open, ISortedSpikeSink first, ISortedSpikeSink second, Action<int, long>? progress = null, CancellationToken cancellation = default)
    {
        var online = Pass(open, first, (chain, origin) =>
        {
            foreach (var sorter in chain.Sorters)
                sorter.Record(origin, _stretchS * chain.RateHz);
        }, samples => progress?.Invoke(1, samples), cancellation);
        var again = Pass(open, second, (chain, _) =>
        {
            for (var i = 0; i < chain.Sorters.Count; i++)
                if (online.Sorters[i] is { Metric: { } metric, Recorded: { } trajectory } sorter)
                {
                    foreach (var rare in sorter.Units.Where(unit => sorter.SpikesOf(unit) < _options.Sorting.LeastSpikes))
                        trajectory.Remove(rare);
                    Settle(trajectory, metric, sorter.Wires);
                    chain.Sorters[i].Follow(metric, trajectory);
                }
        }, samples => progress?.Invoke(2, samples), cancellation);
        return (online, again);
    }

    private SpikeSortingChain Pass(Func<ISampleSource> open, ISortedSpikeSink sink, Action<SpikeSortingChain, long> begin, Action<long> progress, CancellationToken cancellation)
    {
        using var source = open();
        var chain = new SpikeSortingChain(_tetrodes, [.. source.Channels.Select(channel => channel.UnitsPerCount)], source.RateHz, source.BlockCapacity, _options);
        chain.ProcessAll(source, sink, origin => begin(chain, origin), progress, cancellation);
        return chain;
    }

    /// <summary>Makes one unit of those that look the same all along.</summary>
    private void Settle(TemplateTrajectory trajectory, NoiseMetric metric, int wires)
    {
        int[] units = [.. trajectory.Units.OrderByDescending(trajectory.Spikes)];
        for (var i = 0; i < units.Length; i++)
            for (var j = i + 1; j < units.Length; j++)
                if (trajectory.Spikes(units[i]) > 0 && trajectory.Spikes(units[j]) > 0 && Same(trajectory, units[i], units[j], metric, wires))
                    trajectory.Merge(units[j], units[i]);
    }

    private bool Same(TemplateTrajectory trajectory, int unit, int other, NoiseMetric metric, int wires)
    {
        // Where both fired most; units that never fired together, where the one comes after the other.
        int[] places = [.. Enumerable.Range(0, trajectory.Count).OrderByDescending(at => Math.Min(trajectory.Spikes(unit, at), trajectory.Spikes(other, at))).Take(Compared)];
        if (trajectory.Spikes(unit, places[0]) == 0 || trajectory.Spikes(other, places[0]) == 0)
            places = [Enumerable.Range(0, trajectory.Count).First(at => trajectory.Spikes(other, at) > 0)];
        var same = 0;
        foreach (var at in places)
        {
            var (a, b) = (new UnitTemplate(wires, _options.Sorting.Length), new UnitTemplate(wires, _options.Sorting.Length));
            trajectory.TryShape(unit, at, a.Shape);
            trajectory.TryShape(other, at, b.Shape);
            a.Refresh(metric, _options.Sorting);
            b.Refresh(metric, _options.Sorting);
            if (UnitLearning.Same(a, b, metric, _options.Sorting))
                same++;
        }
        return 2 * same > places.Length;
    }
}
