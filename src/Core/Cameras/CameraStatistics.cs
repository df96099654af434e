namespace ClosedLoop.Core;

/// <summary>What a camera has delivered and lost so far.</summary>
/// <param name="Name">The camera's name.</param>
/// <param name="Delivered">Frames that were handed out, defective ones included.</param>
/// <param name="Lost">Frames that the device counted and that never came: gaps of its counter, or of its clock where it has no counter.</param>
/// <param name="Repeated">Frames that came with the counter of the one before.</param>
/// <param name="OutOfOrder">Frames that came with a smaller counter than the one before.</param>
/// <param name="Short">Frames of which only a part arrived.</param>
/// <param name="DecodeErrors">Frames that could not be decoded.</param>
/// <param name="Overruns">Frames that were dropped here because nobody took them in time.</param>
/// <param name="LastArrival">When the last one arrived; null before the first.</param>
public sealed record CameraStatistics(
    string Name, long Delivered, long Lost, long Repeated, long OutOfOrder, long Short, long DecodeErrors, long Overruns, SessionTime? LastArrival);
