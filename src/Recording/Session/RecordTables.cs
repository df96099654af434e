using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// What is recorded of each kind of record, field by field. NB: numbers are the file's: never reuse or change one;
/// new fields take new numbers, and older files read as zero there.
/// </summary>
internal static class RecordTables
{
    public static RecordTable<Keypoints> Keypoints { get; } = new(
        "Keypoints",
        [
            .. Stamp<Keypoints>(r => r.Stamp, (r, stamp) => r.Stamp = stamp),
            new LongField<Keypoints>(6, "frame_set_sequence", r => r.FrameSetSequence, (r, v) => r.FrameSetSequence = v),
            new ArrayField<Keypoints, double>(7, "positions_m", r => r.Positions),
            new ArrayField<Keypoints, float>(8, "confidence", r => r.Confidence),
        ]);

    public static RecordTable<Pose> Pose { get; } = new(
        "Pose",
        [
            .. Stamp<Pose>(r => r.Stamp, (r, stamp) => r.Stamp = stamp),
            new LongField<Pose>(6, "keypoints_sequence", r => r.KeypointsSequence, (r, v) => r.KeypointsSequence = v),
            new IntField<Pose>(7, "flags", r => (int)r.Flags, (r, v) => r.Flags = (PoseFlags)v),
            new ArrayField<Pose, double>(8, "qpos", r => r.Qpos),
            new ArrayField<Pose, double>(9, "qvel", r => r.Qvel),
            new ArrayField<Pose, double>(10, "site_positions_m", r => r.SitePositions),
            new DoubleField<Pose>(11, "mean_marker_error_m", r => r.MeanMarkerErrorM, (r, v) => r.MeanMarkerErrorM = v),
            new IntField<Pose>(12, "keypoints_used", r => r.KeypointsUsed, (r, v) => r.KeypointsUsed = v),
            new IntField<Pose>(13, "iterations", r => r.Iterations, (r, v) => r.Iterations = v),
        ]);

    public static RecordTable<ControlStep> ControlStep { get; } = new(
        "ControlStep",
        [
            .. Stamp<ControlStep>(r => r.Stamp, (r, stamp) => r.Stamp = stamp),
            new LongField<ControlStep>(6, "reference_sequence", r => r.ReferenceSequence, (r, v) => r.ReferenceSequence = v),
            new IntField<ControlStep>(7, "reference_mode", r => (int)r.ReferenceMode, (r, v) => r.ReferenceMode = (ReferenceMode)v),
            new IntField<ControlStep>(8, "flags", r => (int)r.Flags, (r, v) => r.Flags = (ControlFlags)v),
            new ArrayField<ControlStep, double>(9, "action", r => r.Action),
            new ArrayField<ControlStep, float>(10, "activations", r => r.Activations),
            new ArrayField<ControlStep, double>(11, "qpos", r => r.Qpos),
            new ArrayField<ControlStep, double>(12, "qvel", r => r.Qvel),
            new ArrayField<ControlStep, double>(13, "site_positions_m", r => r.SitePositions),
            new DoubleField<ControlStep>(14, "total_error_m", r => r.TotalErrorM, (r, v) => r.TotalErrorM = v),
            new DoubleField<ControlStep>(15, "root_error_m", r => r.RootErrorM, (r, v) => r.RootErrorM = v),
        ]);

    public static RecordTable<TickRecord> Tick { get; } = new(
        "ControlTick",
        new LongField<TickRecord>(1, "index", r => r.Index, (r, v) => r.Index = v),
        new LongField<TickRecord>(2, "time_ns", r => r.TimeNs, (r, v) => r.TimeNs = v),
        new LongField<TickRecord>(3, "keypoints_sequence", r => r.KeypointsSequence, (r, v) => r.KeypointsSequence = v));

    public static RecordTable<FrameSet> FrameSet { get; } = new(
        "FrameSet",
        [
            .. Stamp<FrameSet>(r => r.Stamp, (r, stamp) => r.Stamp = stamp),
            new LongField<FrameSet>(6, "present", PresentBits, SetPresentBits),
        ]);

    public static RecordTable<CameraFindingRecord> CameraFinding { get; } = new(
        "CameraFinding",
        new LongField<CameraFindingRecord>(1, "time_ns", r => r.TimeNs, (r, v) => r.TimeNs = v),
        new StringField<CameraFindingRecord>(2, "camera", r => r.Camera, (r, v) => r.Camera = v),
        new IntField<CameraFindingRecord>(3, "camera_index", r => r.CameraIndex, (r, v) => r.CameraIndex = v),
        new IntField<CameraFindingRecord>(4, "kind", r => r.Kind, (r, v) => r.Kind = v),
        new LongField<CameraFindingRecord>(5, "count", r => r.Count, (r, v) => r.Count = v),
        new LongField<CameraFindingRecord>(6, "last_seen_ns", r => r.LastSeenNs, (r, v) => r.LastSeenNs = v),
        new StringField<CameraFindingRecord>(7, "sentence", r => r.Sentence, (r, v) => r.Sentence = v));

    public static RecordTable<CameraStatisticsRecord> CameraStatistics { get; } = new(
        "CameraStatistics",
        new LongField<CameraStatisticsRecord>(1, "time_ns", r => r.TimeNs, (r, v) => r.TimeNs = v),
        new StringField<CameraStatisticsRecord>(2, "camera", r => r.Camera, (r, v) => r.Camera = v),
        new LongField<CameraStatisticsRecord>(3, "delivered", r => r.Delivered, (r, v) => r.Delivered = v),
        new LongField<CameraStatisticsRecord>(4, "lost", r => r.Lost, (r, v) => r.Lost = v),
        new LongField<CameraStatisticsRecord>(5, "repeated", r => r.Repeated, (r, v) => r.Repeated = v),
        new LongField<CameraStatisticsRecord>(6, "out_of_order", r => r.OutOfOrder, (r, v) => r.OutOfOrder = v),
        new LongField<CameraStatisticsRecord>(7, "short", r => r.Short, (r, v) => r.Short = v),
        new LongField<CameraStatisticsRecord>(8, "decode_errors", r => r.DecodeErrors, (r, v) => r.DecodeErrors = v),
        new LongField<CameraStatisticsRecord>(9, "overruns", r => r.Overruns, (r, v) => r.Overruns = v),
        new LongField<CameraStatisticsRecord>(10, "last_arrival_ns", r => r.LastArrivalNs, (r, v) => r.LastArrivalNs = v));

    /// <summary>A control tick as it is recorded: with the sequence of its keypoints instead of the keypoints.</summary>
    internal sealed class TickRecord
    {
        public long Index { get; set; }

        public long TimeNs { get; set; }

        public long KeypointsSequence { get; set; }
    }

    private static long PresentBits(FrameSet set)
    {
        var bits = 0L;
        for (var i = 0; i < set.Present.Length; i++)
            if (set.Present[i])
                bits |= 1L << i;
        return bits;
    }

    private static void SetPresentBits(FrameSet set, long bits)
    {
        for (var i = 0; i < set.Present.Length; i++)
            set.Present[i] = ((bits >> i) & 1) != 0;
    }

    internal static IEnumerable<RecordField<T>> Stamp<T>(Func<T, RecordStamp> get, Action<T, RecordStamp> set)
        where T : class =>
        [
            new LongField<T>(1, "sequence", r => get(r).Sequence, (r, v) => set(r, get(r) with { Sequence = v })),
            new LongField<T>(2, "device_counter", r => get(r).DeviceCounter, (r, v) => set(r, get(r) with { DeviceCounter = v })),
            new LongField<T>(3, "device_time_ns", r => get(r).DeviceTimeNs, (r, v) => set(r, get(r) with { DeviceTimeNs = v })),
            new LongField<T>(4, "captured_ns", r => get(r).Captured.Nanoseconds, (r, v) => set(r, get(r) with { Captured = new(v) })),
            new LongField<T>(5, "produced_ns", r => get(r).Produced.Nanoseconds, (r, v) => set(r, get(r) with { Produced = new(v) })),
        ];
}
