namespace ClosedLoop.Acquisition;

/// <summary>What grouping has seen of one camera so far.</summary>
/// <param name="Name">The camera's name.</param>
/// <param name="Grouped">Sets that have its image.</param>
/// <param name="Missing">Sets that lack it.</param>
/// <param name="Skipped">Frames that its counter, or its clock where it has none, shows as never come.</param>
/// <param name="Repeated">Frames that came again.</param>
/// <param name="OutOfOrder">Frames whose counter went back.</param>
/// <param name="OutOfStep">Frames that were not used for their counter is far from that of all others.</param>
/// <param name="Short">Frames of which only a part came.</param>
/// <param name="Undecodable">Frames that could not be decoded.</param>
/// <param name="Late">Frames that came after their set had been given out.</param>
/// <param name="Stops">How often it stopped.</param>
/// <param name="IsStopped">Whether it delivers nothing now.</param>
/// <param name="ClockResidualS">What the fit of its clock to session time leaves over, seconds rms; NaN where it has no clock.</param>
/// <param name="ClockDriftPpm">Drift of its clock against session time, parts per million; NaN where it has no clock.</param>
public sealed record CameraGroupStatistics(
    string Name, long Grouped, long Missing, long Skipped, long Repeated, long OutOfOrder, long OutOfStep, long Short, long Undecodable, long Late,
    long Stops, bool IsStopped, double ClockResidualS, double ClockDriftPpm);
