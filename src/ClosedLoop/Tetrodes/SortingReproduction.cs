using System.Runtime.InteropServices;
using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Tetrodes;

/// <summary>How far spikes and counts that were sorted again agree with those of the recording.</summary>
/// <param name="Spikes">Spikes compared.</param>
/// <param name="Bins">Bins compared.</param>
/// <param name="BitForBit">Whether all of them are the same to the last bit, and none is missing or one too many.</param>
public sealed record SortingReproductionResult(long Spikes, long Bins, bool BitForBit);

/// <summary>
/// Compares the spikes and counts that a replay makes of recorded samples with the recorded ones, one by one. On the
/// machine and build that made the recording they are the same bit for bit. A recording that was cut is compared as far as it goes.
/// </summary>
public sealed class SortingReproduction
{
    private readonly bool _isWhole;
    private readonly RecordReader<SpikeBatch> _batches;
    private readonly RecordReader<SpikeCounts> _bins;
    private readonly SpikeBatch _batch;
    private readonly SpikeCounts _bin;
    private long _spikesCompared, _binsCompared;
    private bool _same = true;

    /// <summary>Begins at the recording's first spikes.</summary>
    public SortingReproduction(SessionRecording recording)
    {
        var layout = recording.Layout.Tetrodes ?? throw new ArgumentException("The recording has no tetrodes.", nameof(recording));
        _isWhole = recording.IsWhole;
        (_batches, _bins) = (recording.Spikes(), recording.SpikeCounts());
        (_batch, _bin) = (layout.NewSpikeBatch(), layout.NewSpikeCounts());
    }

    /// <summary>Compares the next spikes.</summary>
    public void Observe(SpikeBatch spikes)
    {
        if (!_batches.TryRead(_batch))
        {
            _same &= !_isWhole;
            return;
        }
        _spikesCompared += spikes.Count;
        _same &= spikes.Count == _batch.Count && spikes.Stamp.Sequence == _batch.Stamp.Sequence && spikes.Stamp.DeviceCounter == _batch.Stamp.DeviceCounter
            && Same(spikes.Tetrodes, _batch.Tetrodes, spikes.Count) && Same(spikes.Units, _batch.Units, spikes.Count) && Same(spikes.Samples, _batch.Samples, spikes.Count)
            && Same(spikes.TimesNs, _batch.TimesNs, spikes.Count) && Same(spikes.AmplitudesMicrovolts, _batch.AmplitudesMicrovolts, spikes.Count) && Same(spikes.Flags, _batch.Flags, spikes.Count);
    }

    /// <summary>Compares the next bin.</summary>
    public void Observe(SpikeCounts counts)
    {
        if (!_bins.TryRead(_bin))
        {
            _same &= !_isWhole;
            return;
        }
        _binsCompared++;
        _same &= counts.Stamp.Sequence == _bin.Stamp.Sequence && counts.Stamp.DeviceCounter == _bin.Stamp.DeviceCounter && counts.Start == _bin.Start && counts.WidthNs == _bin.WidthNs
            && counts.Flags == _bin.Flags && counts.UnitCount == _bin.UnitCount && Same(counts.Counts, _bin.Counts, counts.UnitCount);
    }

    /// <summary>What was found; at the end.</summary>
    public SortingReproductionResult Result() => new(_spikesCompared, _binsCompared, _same && !(_isWhole && (_batches.TryRead(_batch) || _bins.TryRead(_bin))));

    private static bool Same<TNumber>(TNumber[] computed, TNumber[] recorded, int count)
        where TNumber : unmanaged => MemoryMarshal.AsBytes(computed.AsSpan(0, count)).SequenceEqual(MemoryMarshal.AsBytes(recorded.AsSpan(0, count)));
}
