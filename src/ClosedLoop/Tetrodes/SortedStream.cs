using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tetrodes;

/// <summary>
/// Sample blocks to spikes with session times, and to counts in bins. One thread. What comes out depends on the blocks,
/// their arrivals and the order of blocks and bins alone, so that a recording gives the same again, bit for bit.
/// Allocates nothing per block once units are learnt.
/// </summary>
internal sealed class SortedStream : ISortedSpikeSink
{
    /// <summary>Most spikes of a batch.</summary>
    public const int SpikeCapacity = 512;

    // Spikes that wait to be counted: seconds of the busiest tetrodes.
    private const int Remembered = 1 << 14;
    private const int RememberedGaps = 16;

    /// <summary>Spikes of different tetrodes come in no order within a block and the samples it waited for: so far back is looked.</summary>
    private const long OutOfOrderNs = 200_000_000;

    private readonly Action<SpikeBatch> _onSpikes;
    private readonly Action<SpikeCounts> _onCounts;
    private readonly Func<SessionTime> _now;
    private readonly LfpBranch? _lfp;
    private readonly LfpBlock? _slow;
    private readonly Action<LfpBlock>? _onLfp;
    private readonly SpikeBatch _batch = new(SpikeCapacity);
    private readonly SpikeBinner _binner;
    private readonly (int Index, SessionTime Time)[] _recent = new (int, SessionTime)[Remembered];
    private readonly (SessionTime From, SessionTime To)[] _gaps = new (SessionTime, SessionTime)[RememberedGaps];
    private readonly Dictionary<(int Tetrode, int Unit), int> _indices = [];
    private readonly double _rateHz;
    private readonly PulsePlan? _pulses;
    private readonly Action<SyncPulse>? _onPulse;
    private readonly int _delaySamples, _unitCapacity;
    private readonly long _widthNs;
    private SampleClock _time;
    private RecordStamp _block;
    private SessionTime _firstSample;
    private long _recentCount, _gapCount;
    private bool _learnt;

    /// <summary>Makes a stream that knows nothing yet.</summary>
    /// <param name="chain">Sorts; at its beginning.</param>
    /// <param name="binS">Width of a bin, seconds.</param>
    /// <param name="now">Session time, for stamps.</param>
    /// <param name="onSpikes">Told of spikes, lent.</param>
    /// <param name="onCounts">Told of bins, lent.</param>
    /// <param name="lfp">Keeps of the samples what is slow; null: nothing is kept.</param>
    /// <param name="slow">Takes what it keeps of a block.</param>
    /// <param name="onLfp">Told of it, lent.</param>
    /// <param name="pulses">Sync pulses that are among the samples; null: there are none.</param>
    /// <param name="onPulse">Told of each that was taken into account.</param>
    public SortedStream(
        SpikeSortingChain chain, double binS, Func<SessionTime> now, Action<SpikeBatch> onSpikes, Action<SpikeCounts> onCounts, LfpBranch? lfp = null, LfpBlock? slow = null, Action<LfpBlock>? onLfp = null,
        PulsePlan? pulses = null, Action<SyncPulse>? onPulse = null)
    {
        (_lfp, _slow, _onLfp, _pulses, _onPulse) = (lfp, slow, onLfp, pulses, onPulse);
        (Chain, _rateHz, _now, _onSpikes, _onCounts) = (chain, chain.RateHz, now, onSpikes, onCounts);
        _unitCapacity = UnitCapacity(chain.Tetrodes.Count);
        _binner = new(_unitCapacity, binS, 1, Complete);
        _widthNs = SessionTime.FromSeconds(binS).Nanoseconds;
        _time = new(_rateHz);
        var sorting = chain.Options.Sorting;
        _delaySamples = sorting.Detector.After + (2 * sorting.Apart) + 2;
    }

    /// <summary>What sorts.</summary>
    public SpikeSortingChain Chain { get; }

    /// <summary>The device's clock as it is fitted.</summary>
    public SampleClock Clock => _time;

    /// <summary>The device's number of the sample after the last; <see cref="RecordStamp.None"/> before the first.</summary>
    public long Next { get; private set; } = RecordStamp.None;

    /// <summary>Session time up to which all spikes are known.</summary>
    public SessionTime Sorted { get; private set; } = new(long.MinValue);

    /// <summary>Spikes of units so far.</summary>
    public long Spikes { get; private set; }

    /// <summary>Spikes so far that no unit explains.</summary>
    public long Unexplained { get; private set; }

    /// <summary>Of <see cref="Spikes"/>, those that waited for their unit to be learnt.</summary>
    public long Late { get; private set; }

    /// <summary>Bins so far.</summary>
    public long Bins { get; private set; }

    /// <summary>Of these, those with a flag.</summary>
    public long FlaggedBins { get; private set; }

    /// <summary>Most units that can be counted on so many tetrodes: what a tetrode can have, and as many again for those that come and go.</summary>
    public static int UnitCapacity(int tetrodes) => 48 * tetrodes;

    /// <summary>A unit's place in the counts; -1: it has not fired yet.</summary>
    public int IndexOf(int tetrode, int unit) => _indices.GetValueOrDefault((tetrode, unit), -1);

    /// <summary>Sorts a block.</summary>
    public void Process(SampleBlock block)
    {
        var (first, arrived) = (block.Stamp.DeviceCounter, block.Stamp.Captured);
        var (followsGap, restarted) = (Next != RecordStamp.None && first != Next, first < Next);
        if (restarted)
            // The device began to count anew: its numbers say nothing about those of before.
            _time = new(_rateHz);
        _time.Arrived(first, block.SampleCount, arrived);
        if (_pulses is not null)
        {
            _pulses.Look(block, followsGap, restarted);
            while (_pulses.TryNext(block, _time, out var pulse))
            {
                if (pulse.Trigger == RecordStamp.None)
                    _time.ForgetPulses();
                else
                    _time.Pulse(pulse.Sample, pulse.Time);
                _onPulse!(pulse);
            }
        }
        if (Next == RecordStamp.None)
            _firstSample = _time.TimeOf(first);
        else if (followsGap)
            _gaps[_gapCount++ % RememberedGaps] = (Sorted, _time.TimeOf(first));
        Next = first + block.SampleCount;
        _block = block.Stamp;
        Chain.Process(block, this);
        Flush();
        Sorted = _time.TimeOf(Next - _delaySamples);
        if (_lfp is not null)
            Keep(block, first);
    }

    /// <summary>Gives out the bin that ends with a beat.</summary>
    public void Bin(long tick, SessionTime end)
    {
        _binner.Open(tick, end);
        var start = end + -_widthNs;
        for (var i = _recentCount - 1; i >= Math.Max(0, _recentCount - Remembered); i--)
        {
            var (index, time) = _recent[i % Remembered];
            if (time >= start && time < end)
                _binner.Add(index, time);
            else if (start - time > OutOfOrderNs)
                break;
        }
        _binner.Advance(end, _now());
    }

    /// <summary>The stream has ended: tells of all that waits for its units.</summary>
    public void Complete()
    {
        Chain.Complete(this);
        Flush();
    }

    /// <inheritdoc/>
    void ISortedSpikeSink.Take(in SortedSpike spike)
    {
        if (_batch.Count == SpikeCapacity)
            Flush();
        var whole = (long)Math.Floor(spike.Sample);
        var time = _time.TimeOf(whole) + (long)((spike.Sample - whole) / _rateHz * SessionTime.NanosecondsPerSecond);
        var at = _batch.Count++;
        (_batch.Tetrodes[at], _batch.Units[at], _batch.Samples[at]) = (spike.Tetrode, spike.Unit, spike.Sample);
        (_batch.TimesNs[at], _batch.AmplitudesMicrovolts[at]) = (time.Nanoseconds, spike.AmplitudeMicrovolts);
        _batch.Flags[at] = (int)(spike.Late ? SpikeFlags.Late : SpikeFlags.None);
        if (spike.Unit == 0)
        {
            Unexplained++;
            return;
        }
        Spikes++;
        if (!_indices.TryGetValue((spike.Tetrode, spike.Unit), out var index))
        {
            if (_indices.Count == _unitCapacity)
                return;
            _indices.Add((spike.Tetrode, spike.Unit), index = _indices.Count);
        }
        if (spike.Late)
            Late++;
        else
            _recent[_recentCount++ % Remembered] = (index, time);
    }

    private void Keep(SampleBlock block, long first)
    {
        var (slow, factor) = (_slow!, _lfp!.Factor);
        slow.SampleCount = _lfp.Process(block.Samples, block.SampleCount, first, slow.Microvolts);
        if (slow.SampleCount == 0)
            return;
        slow.Factor = factor;
        slow.Stamp = block.Stamp with { DeviceCounter = (first + factor - 1) / factor * factor, Produced = _now() };
        _onLfp!(slow);
    }

    private void Flush()
    {
        if (_batch.Count == 0)
            return;
        _batch.Stamp = _block with { Produced = _now() };
        _onSpikes(_batch);
        _batch.Count = 0;
    }

    /// <summary>Adds to a bin what is known of its worth, and gives it out.</summary>
    private void Complete(SpikeCounts bin)
    {
        var end = bin.Start + bin.WidthNs;
        bin.Flags = (end > Sorted ? SpikeCountFlags.Unsorted : 0) | (HasGap(bin.Start, end) ? SpikeCountFlags.Gap : 0) | (Learnt() ? 0 : SpikeCountFlags.Learning);
        bin.UnitCount = _indices.Count;
        bin.Stamp = bin.Stamp with { DeviceCounter = Next };
        Bins++;
        if (bin.Flags != SpikeCountFlags.None)
            FlaggedBins++;
        _onCounts(bin);
    }

    private bool HasGap(SessionTime start, SessionTime end)
    {
        if (Next == RecordStamp.None || start < _firstSample)
            return true;
        for (var i = 0; i < Math.Min(_gapCount, RememberedGaps); i++)
            if (start < _gaps[i].To && end > _gaps[i].From)
                return true;
        return false;
    }

    private bool Learnt()
    {
        for (var i = 0; !_learnt && i < Chain.Sorters.Count; i++)
            if (!Chain.Sorters[i].Learnt)
                return false;
        return _learnt = true;
    }
}
