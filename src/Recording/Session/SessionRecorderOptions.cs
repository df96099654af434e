namespace ClosedLoop.Recording;

/// <summary>How a session is recorded. The defaults suit a 50 Hz session on a local disk.</summary>
public sealed record SessionRecorderOptions
{
    /// <summary>Whether a file that is there already is replaced, instead of refused.</summary>
    public bool Overwrite { get; init; }

    /// <summary>A chunk is closed, and so handed to the operating system, after this time: a killed process loses at most this much.</summary>
    public int ChunkPeriodMs { get; init; } = 250;

    /// <summary>A chunk is closed at this size even before its time.</summary>
    public int ChunkBytes { get; init; } = 1 << 20;

    /// <summary>How often the disk is made to keep what was written: a power cut loses at most about this much.</summary>
    public int SyncPeriodMs { get; init; } = 1000;

    /// <summary>A disk that keeps the writer waiting longer than this ends the recording.</summary>
    public int StallLimitMs { get; init; } = 10_000;

    /// <summary>Records that may wait for the writer before the pipeline waits for it; the default is ten seconds of a live session.</summary>
    public int QueueCapacity { get; init; } = 2048;

    /// <summary>Frame sets that may wait for their encoding before the pipeline waits.</summary>
    public int FrameQueueCapacity { get; init; } = 16;

    /// <summary>Free bytes without which a recording does not begin.</summary>
    public long StartFreeBytes { get; init; } = 256L << 20;

    /// <summary>Free bytes below which a recording ends, while there is still room to close the file properly.</summary>
    public long StopFreeBytes { get; init; } = 32L << 20;
}
