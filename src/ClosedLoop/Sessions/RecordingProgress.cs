namespace ClosedLoop.Sessions;

/// <summary>How a recording stands at one moment.</summary>
/// <param name="BytesWritten">Bytes in the file.</param>
/// <param name="BytesPerSecond">How fast it has grown lately; NaN before that is known.</param>
/// <param name="FreeBytes">Free space on its disk; -1 before it is known.</param>
/// <param name="MinutesLeft">How long it can go on at that rate; NaN before that is known.</param>
public sealed record RecordingProgress(long BytesWritten, double BytesPerSecond, long FreeBytes, double MinutesLeft);
