namespace ClosedLoop.Acquisition;

/// <summary>How a connection to Intan RHX stands.</summary>
public enum RhxState
{
    /// <summary>It has not been started.</summary>
    New,

    /// <summary>Blocks come, or are about to.</summary>
    Running,

    /// <summary>It is connected, and nothing comes.</summary>
    Stalled,

    /// <summary>It was lost and is being made anew.</summary>
    Reconnecting,

    /// <summary>It was stopped.</summary>
    Stopped,

    /// <summary>It failed; the next read says how.</summary>
    Failed,
}
