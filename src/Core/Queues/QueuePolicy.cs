namespace ClosedLoop.Core;

/// <summary>What a bounded queue does with a new item when it is full.</summary>
public enum QueuePolicy
{
    /// <summary>The producer waits: nothing is lost. For recording.</summary>
    Wait,

    /// <summary>The oldest waiting item makes room. For streams where a short history is wanted.</summary>
    DropOldest,

    /// <summary>All waiting items make room: the consumer sees only the newest. For live vision and display.</summary>
    KeepLatest,
}
