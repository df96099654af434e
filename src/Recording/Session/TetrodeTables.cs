using ClosedLoop.Core;
using FieldType = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace ClosedLoop.Recording;

/// <summary>
/// What is recorded of tetrodes, field by field. NB: numbers are the file's: never reuse or change one; new fields take
/// new numbers, and older files read as zero there.
/// </summary>
internal static class TetrodeTables
{
    public static RecordTable<SampleBlock> Samples { get; } = new(
        "Samples",
        [
            .. RecordTables.Stamp<SampleBlock>(r => r.Stamp, (r, stamp) => r.Stamp = stamp),
            new DoubleField<SampleBlock>(6, "microvolts_per_count", r => r.MicrovoltsPerCount, (r, v) => r.MicrovoltsPerCount = v),
            new VariableField<SampleBlock, short>(7, "samples", FieldType.Bytes, r => new(r.Samples, 0, r.SampleCount * r.ChannelCount), RoomForSamples),
        ]);

    public static RecordTable<SpikeBatch> Spikes { get; } = new(
        "Spikes",
        [
            .. RecordTables.Stamp<SpikeBatch>(r => r.Stamp, (r, stamp) => r.Stamp = stamp),
            new VariableField<SpikeBatch, int>(6, "tetrode", FieldType.Sfixed32, r => new(r.Tetrodes, 0, r.Count), (r, n) => Room(r, r.Tetrodes, n)),
            new VariableField<SpikeBatch, int>(7, "unit", FieldType.Sfixed32, r => new(r.Units, 0, r.Count), (r, n) => Room(r, r.Units, n)),
            new VariableField<SpikeBatch, double>(8, "sample", FieldType.Double, r => new(r.Samples, 0, r.Count), (r, n) => Room(r, r.Samples, n)),
            new VariableField<SpikeBatch, long>(9, "time_ns", FieldType.Sfixed64, r => new(r.TimesNs, 0, r.Count), (r, n) => Room(r, r.TimesNs, n)),
            new VariableField<SpikeBatch, float>(10, "amplitude_uv", FieldType.Float, r => new(r.AmplitudesMicrovolts, 0, r.Count), (r, n) => Room(r, r.AmplitudesMicrovolts, n)),
            new VariableField<SpikeBatch, int>(11, "flags", FieldType.Sfixed32, r => new(r.Flags, 0, r.Count), (r, n) => Room(r, r.Flags, n)),
        ]);

    public static RecordTable<SpikeCounts> Counts { get; } = new(
        "SpikeCounts",
        [
            .. RecordTables.Stamp<SpikeCounts>(r => r.Stamp, (r, stamp) => r.Stamp = stamp),
            new LongField<SpikeCounts>(6, "start_ns", r => r.Start.Nanoseconds, (r, v) => r.Start = new(v)),
            new LongField<SpikeCounts>(7, "width_ns", r => r.WidthNs, (r, v) => r.WidthNs = v),
            new IntField<SpikeCounts>(8, "flags", r => (int)r.Flags, (r, v) => r.Flags = (SpikeCountFlags)v),
            new VariableField<SpikeCounts, int>(9, "counts", FieldType.Sfixed32, r => new(r.Counts, 0, r.UnitCount), RoomForCounts),
        ]);

    public static RecordTable<LfpBlock> Lfp { get; } = new(
        "Lfp",
        [
            .. RecordTables.Stamp<LfpBlock>(r => r.Stamp, (r, stamp) => r.Stamp = stamp),
            new IntField<LfpBlock>(6, "factor", r => r.Factor, (r, v) => r.Factor = v),
            new VariableField<LfpBlock, float>(7, "microvolts", FieldType.Float, r => new(r.Microvolts, 0, r.SampleCount * r.ChannelCount), RoomForLfp),
        ]);

    public static RecordTable<SortedUnit> Unit { get; } = new(
        "SortedUnit",
        new LongField<SortedUnit>(1, "time_ns", r => r.Time.Nanoseconds, (r, v) => r.Time = new(v)),
        new IntField<SortedUnit>(2, "index", r => r.Index, (r, v) => r.Index = v),
        new IntField<SortedUnit>(3, "tetrode", r => r.Tetrode, (r, v) => r.Tetrode = v),
        new IntField<SortedUnit>(4, "unit", r => r.Unit, (r, v) => r.Unit = v),
        new StringField<SortedUnit>(5, "state", r => r.State, (r, v) => r.State = v),
        new LongField<SortedUnit>(6, "spikes", r => r.Spikes, (r, v) => r.Spikes = v),
        new DoubleField<SortedUnit>(7, "rate_hz", r => r.RateHz, (r, v) => r.RateHz = v),
        new DoubleField<SortedUnit>(8, "peak_uv", r => r.PeakMicrovolts, (r, v) => r.PeakMicrovolts = v),
        new DoubleField<SortedUnit>(9, "snr", r => r.Snr, (r, v) => r.Snr = v),
        new DoubleField<SortedUnit>(10, "isi_violation", r => r.IsiViolation, (r, v) => r.IsiViolation = v),
        new DoubleField<SortedUnit>(11, "isolation_distance", r => r.IsolationDistance, (r, v) => r.IsolationDistance = v),
        new DoubleField<SortedUnit>(12, "l_ratio", r => r.LRatio, (r, v) => r.LRatio = v),
        new DoubleField<SortedUnit>(13, "drift", r => r.Drift, (r, v) => r.Drift = v),
        new VariableField<SortedUnit, float>(14, "waveform_uv", FieldType.Float, r => r.Waveform, (r, n) => r.Waveform = new float[n]),
        new IntField<SortedUnit>(15, "samples_before", r => r.SamplesBefore, (r, v) => r.SamplesBefore = v));

    public static RecordTable<SampleFindingRecord> Finding { get; } = new(
        "SampleFinding",
        new LongField<SampleFindingRecord>(1, "time_ns", r => r.TimeNs, (r, v) => r.TimeNs = v),
        new IntField<SampleFindingRecord>(2, "kind", r => r.Kind, (r, v) => r.Kind = v),
        new LongField<SampleFindingRecord>(3, "first_sample", r => r.FirstSample, (r, v) => r.FirstSample = v),
        new LongField<SampleFindingRecord>(4, "samples", r => r.Samples, (r, v) => r.Samples = v),
        new LongField<SampleFindingRecord>(5, "first_block", r => r.FirstBlock, (r, v) => r.FirstBlock = v),
        new LongField<SampleFindingRecord>(6, "blocks", r => r.Blocks, (r, v) => r.Blocks = v),
        new StringField<SampleFindingRecord>(7, "sentence", r => r.Sentence, (r, v) => r.Sentence = v));

    public static RecordTable<SyncPulseRecord> Sync { get; } = new(
        "SyncPulse",
        new LongField<SyncPulseRecord>(1, "block", r => r.Block, (r, v) => r.Block = v),
        new LongField<SyncPulseRecord>(2, "sample", r => r.Sample, (r, v) => r.Sample = v),
        new LongField<SyncPulseRecord>(3, "trigger", r => r.Trigger, (r, v) => r.Trigger = v),
        new LongField<SyncPulseRecord>(4, "time_ns", r => r.TimeNs, (r, v) => r.TimeNs = v));

    private static ArraySegment<short> RoomForSamples(SampleBlock block, int numbers)
    {
        if (numbers > block.Samples.Length || numbers % block.ChannelCount != 0)
            throw new InvalidDataException($"its {numbers} numbers are not at most {block.Samples.Length / block.ChannelCount} samples of {block.ChannelCount} channels");
        block.SampleCount = numbers / block.ChannelCount;
        return new(block.Samples, 0, numbers);
    }

    private static ArraySegment<float> RoomForLfp(LfpBlock block, int numbers)
    {
        if (numbers > block.Microvolts.Length || numbers % block.ChannelCount != 0)
            throw new InvalidDataException($"its {numbers} numbers are not at most {block.Microvolts.Length / block.ChannelCount} samples of {block.ChannelCount} channels");
        block.SampleCount = numbers / block.ChannelCount;
        return new(block.Microvolts, 0, numbers);
    }

    private static ArraySegment<TNumber> Room<TNumber>(SpikeBatch batch, TNumber[] numbers, int count)
    {
        if (count > numbers.Length || (count > 0 && batch.Count > 0 && count != batch.Count))
            throw new InvalidDataException($"it speaks of {count} spikes here and of {batch.Count} there, and holds {numbers.Length} at most");
        batch.Count = count;
        return new(numbers, 0, count);
    }

    private static ArraySegment<int> RoomForCounts(SpikeCounts counts, int units)
    {
        if (units > counts.Counts.Length)
            throw new InvalidDataException($"it counts {units} units where at most {counts.Counts.Length} were announced");
        counts.UnitCount = units;
        return new(counts.Counts, 0, units);
    }
}
