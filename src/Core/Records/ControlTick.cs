namespace ClosedLoop.Core;

/// <summary>
/// What was known at one beat of the control clock: its number and the keypoint set that had arrived for it, if one
/// had. The order of ticks alone determines all that follows; a recording of them replays bit for bit.
/// </summary>
/// <param name="Index">Number of the beat, from 0.</param>
/// <param name="Time">Session time at which the beat happened.</param>
/// <param name="Keypoints">The keypoints that had newly arrived, lent; null where none had.</param>
public readonly record struct ControlTick(long Index, SessionTime Time, Keypoints? Keypoints);
