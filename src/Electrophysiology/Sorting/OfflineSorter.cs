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
                chain.Sorters[i].Follow(online.Sorters[i]);
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
}
