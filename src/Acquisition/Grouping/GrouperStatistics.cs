namespace ClosedLoop.Acquisition;

/// <summary>What grouping has done so far.</summary>
/// <param name="Sets">Sets that were given out.</param>
/// <param name="IncompleteSets">Those among them that lack an image.</param>
/// <param name="Cameras">Camera by camera.</param>
public sealed record GrouperStatistics(long Sets, long IncompleteSets, IReadOnlyList<CameraGroupStatistics> Cameras);
