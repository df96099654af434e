using ClosedLoop.Core;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Counts each unit's spikes in bins that end at the beats of the control loop: what the neurons did while the body did
/// what its keypoints of that beat show. A bin is given out when all samples up to its end have been sorted, never before.
/// Allocates nothing after construction. One thread at a time.
/// </summary>
public sealed class SpikeBinner
{
    private readonly SpikeCounts[] _open;
    private readonly long _widthNs;
    private readonly Action<SpikeCounts> _counted;
    private int _first, _held;

    /// <summary>Makes a binner without open bins.</summary>
    /// <param name="units">Most units.</param>
    /// <param name="widthS">Width of a bin, seconds. Bins of neighbouring beats overlap where it is more than their distance.</param>
    /// <param name="mostOpen">Bins that may wait for their samples; more than the sorting's delay has beats.</param>
    /// <param name="counted">Given each bin when it is complete, in order; lent for the call.</param>
    public SpikeBinner(int units, double widthS, int mostOpen, Action<SpikeCounts> counted)
    {
        if (!(widthS > 0 && double.IsFinite(widthS)))
            throw ClosedLoopException.Usage($"bins of {widthS} s cannot be; give a width above 0");
        ArgumentOutOfRangeException.ThrowIfLessThan(mostOpen, 1);
        (_widthNs, _counted) = (SessionTime.FromSeconds(widthS).Nanoseconds, counted);
        _open = [.. Enumerable.Range(0, mostOpen).Select(_ => new SpikeCounts(units))];
    }

    /// <summary>Spikes that came when a bin later than them had been given out already: sorting had been said to be further than it was.</summary>
    public long Late { get; private set; }

    /// <summary>Bins that were given out before their samples were there, because too many waited.</summary>
    public long Incomplete { get; private set; }

    /// <summary>The end of the last bin that was given out.</summary>
    public SessionTime Done { get; private set; } = new(long.MinValue);

    /// <summary>Opens the bin that ends with a beat.</summary>
    /// <param name="tick">The beat's number.</param>
    /// <param name="end">Its time; later than the last one's.</param>
    public void Open(long tick, SessionTime end)
    {
        if (_held == _open.Length)
        {
            Incomplete++;
            GiveOut(_open[_first].Start + _widthNs);
        }
        var bin = _open[(_first + _held++) % _open.Length];
        Array.Clear(bin.Counts);
        bin.UnitCount = bin.Counts.Length;
        (bin.Start, bin.WidthNs) = (end + -_widthNs, _widthNs);
        bin.Stamp = new(tick, RecordStamp.None, RecordStamp.None, bin.Start, end);
    }

    /// <summary>Counts a spike in every open bin that it falls into: from its start on, its end not included.</summary>
    /// <param name="unit">Place of the unit in the counts.</param>
    /// <param name="time">When it fired.</param>
    public void Add(int unit, SessionTime time)
    {
        if (time < Done)
            Late++;
        for (var i = 0; i < _held; i++)
        {
            var bin = _open[(_first + i) % _open.Length];
            if (time >= bin.Start && time - bin.Start < _widthNs)
                bin.Counts[unit]++;
        }
    }

    /// <summary>All spikes before this time have been added: gives out the bins that ended.</summary>
    /// <param name="sorted">Up to where it has been sorted.</param>
    /// <param name="now">Session time, for the bins' stamps.</param>
    public void Advance(SessionTime sorted, SessionTime now)
    {
        while (_held > 0 && _open[_first].Start + _widthNs <= sorted)
            GiveOut(now);
    }

    private void GiveOut(SessionTime now)
    {
        var bin = _open[_first];
        _first = (_first + 1) % _open.Length;
        _held--;
        Done = bin.Start + _widthNs;
        bin.Stamp = bin.Stamp with { Produced = now };
        _counted(bin);
    }
}
