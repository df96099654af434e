namespace ClosedLoop.Core;

/// <summary>
/// What every record carries of its origin: its place in its own stream, the device's counter and time, and the
/// session times between which latency is a subtraction.
/// </summary>
/// <param name="Sequence">Place in the record's own stream, counted from 0 without gaps at the point of creation.</param>
/// <param name="DeviceCounter">The device's own counter (frame number, trigger index, sample); -1 where the device has none.</param>
/// <param name="DeviceTimeNs">The device's own time in nanoseconds of the device's clock; -1 where the device has none.</param>
/// <param name="Captured">Session time at which the oldest input of this record was captured (exposure, or arrival where exposure is unknown).</param>
/// <param name="Produced">Session time at which this record was complete.</param>
public readonly record struct RecordStamp(
    long Sequence, long DeviceCounter, long DeviceTimeNs, SessionTime Captured, SessionTime Produced)
{
    /// <summary>The sequence number or counter of something that is not there.</summary>
    public const long None = -1;

    /// <summary>Nanoseconds from capture to completion.</summary>
    public long LatencyNs => Produced - Captured;
}
