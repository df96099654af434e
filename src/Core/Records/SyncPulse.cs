namespace ClosedLoop.Core;

/// <summary>
/// A pulse that an electrophysiology device recorded among its samples and the session saw as a trigger of its cameras:
/// what places samples on the session's clock without the delay of their way.
/// </summary>
/// <param name="Block">Sequence of the block of samples before whose sorting the pulse was taken into account.</param>
/// <param name="Sample">The device's number of the sample at which the pulse rose.</param>
/// <param name="Trigger">Index of the cameras' trigger; <see cref="RecordStamp.None"/>: pulses of before were found to be matched with wrong triggers, and are forgotten.</param>
/// <param name="Time">Session time of that trigger.</param>
public readonly record struct SyncPulse(long Block, long Sample, long Trigger, SessionTime Time);
