namespace ClosedLoop.Core;

/// <summary>What was noticed of a stream of samples.</summary>
public enum SampleFindingKind
{
    /// <summary>By the device's numbers samples are missing.</summary>
    Lost,

    /// <summary>The device began to count anew; how many samples are missing nobody knows.</summary>
    Restarted,

    /// <summary>Sorting had no time for some blocks. They are in the recording all the same.</summary>
    Unsorted,

    /// <summary>The source failed; no more samples come.</summary>
    Failed,

    /// <summary>The cameras are triggered, and no pulse of it is among the samples any more; their clock goes on as it was fitted.</summary>
    SyncMissing,
}
