using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>The streams that tetrodes add to a recording.</summary>
internal sealed class TetrodeChannels
{
    // Blocks that are on their way to the file before buffers must be made: half a second of 128-sample blocks.
    private const int BlocksAhead = 128;

    private readonly SessionRecorder _recorder;
    private readonly ushort _samples, _spikes, _counts, _units, _findings;
    private readonly ushort? _lfp, _sync;
    private readonly SyncPulseRecord _pulse = new();
    private readonly Pool<RecordBlock> _samplePool, _sortedPool;

    /// <summary>Adds the streams to the file.</summary>
    public TetrodeChannels(SessionRecorder recorder, TetrodeLayout layout)
    {
        _recorder = recorder;
        _samples = Add(TetrodeTables.Samples, RecordingTopics.Samples, layout.Describe());
        _spikes = Add(TetrodeTables.Spikes, RecordingTopics.Spikes, new() { ["flags"] = RecordingLayout.Flags<SpikeFlags>(), ["unit"] = "from 1 on each tetrode; 0: no unit explains the spike" });
        _counts = Add(TetrodeTables.Counts, RecordingTopics.SpikeCounts, new() { ["flags"] = RecordingLayout.Flags<SpikeCountFlags>(), ["counts"] = $"by the index that {RecordingTopics.Units} gives each unit" });
        _units = Add(TetrodeTables.Unit, RecordingTopics.Units, null);
        _findings = Add(TetrodeTables.Finding, RecordingTopics.SampleFindings, new() { ["kind"] = RecordingLayout.Flags<SampleFindingKind>() });
        if (layout.LfpRateHz > 0)
            _lfp = Add(TetrodeTables.Lfp, RecordingTopics.Lfp, new() { ["channels"] = layout.Describe()["channels"], ["rate_hz"] = layout.Describe()["lfp_rate_hz"], ["microvolts"] = "all channels of the first sample, then of the second" });
        if (layout.SyncChannel is { } sync)
            _sync = Add(TetrodeTables.Sync, RecordingTopics.SyncPulses, new() { ["channel"] = sync, ["block"] = $"sequence of the block of {RecordingTopics.Samples} before which the pulse was taken into account" });
        var full = layout.NewSampleBlock();
        full.SampleCount = layout.BlockCapacity;
        _samplePool = new(BlocksAhead, () => new(TetrodeTables.Samples.Size(full)));
        var (many, counted) = (layout.NewSpikeBatch(), layout.NewSpikeCounts());
        (many.Count, counted.UnitCount) = (layout.SpikeCapacity, layout.UnitCapacity);
        var slow = layout.NewLfpBlock();
        slow.SampleCount = slow.Microvolts.Length / slow.ChannelCount;
        var largest = Math.Max(TetrodeTables.Lfp.Size(slow), Math.Max(TetrodeTables.Spikes.Size(many), TetrodeTables.Counts.Size(counted)));
        _sortedPool = new(BlocksAhead, () => new(largest));
    }

    /// <summary>Records that are on their way to the file.</summary>
    public int Outstanding => _samplePool.Outstanding + _sortedPool.Outstanding;

    public void Write(SampleBlock block) => Write(TetrodeTables.Samples, _samples, _samplePool, block, block.Stamp.Produced, block.Stamp.Captured);

    public void Write(LfpBlock lfp) => Write(TetrodeTables.Lfp, _lfp ?? throw new InvalidOperationException("The recording's layout has no local field potential."), _sortedPool, lfp, lfp.Stamp.Produced, lfp.Stamp.Captured);

    public void Write(SpikeBatch spikes) => Write(TetrodeTables.Spikes, _spikes, _sortedPool, spikes, spikes.Stamp.Produced, spikes.Stamp.Captured);

    public void Write(SpikeCounts counts) => Write(TetrodeTables.Counts, _counts, _sortedPool, counts, counts.Stamp.Produced, counts.Stamp.Captured);

    public void Write(SortedUnit unit) => Write(TetrodeTables.Unit, _units, _sortedPool, unit, unit.Time, unit.Time);

    public void Write(in SampleFinding finding) => Write(TetrodeTables.Finding, _findings, _sortedPool, SampleFindingRecord.Of(finding), finding.Time, finding.Time);

    public void Write(in SyncPulse pulse)
    {
        (_pulse.Block, _pulse.Sample, _pulse.Trigger, _pulse.TimeNs) = (pulse.Block, pulse.Sample, pulse.Trigger, pulse.Time.Nanoseconds);
        Write(TetrodeTables.Sync, _sync ?? throw new InvalidOperationException("The recording's layout has no sync pulses."), _sortedPool, _pulse, pulse.Time, pulse.Time);
    }

    private ushort Add<T>(RecordTable<T> table, string topic, Dictionary<string, string>? metadata)
        where T : class => _recorder.AddChannel(_recorder.AddSchema(table.FullName, table.Describe()), topic, metadata);

    private void Write<T>(RecordTable<T> table, ushort channel, Pool<RecordBlock> pool, T record, SessionTime log, SessionTime publish)
        where T : class
    {
        var block = _recorder.Rent(pool);
        block.Length = table.Encode(record, block.Room(table.Size(record)));
        _recorder.HandOver(block, channel, log, publish);
    }
}
