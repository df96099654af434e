namespace ClosedLoop.Acquisition;

/// <summary>What Intan RHX says it is doing.</summary>
public enum RhxRunMode
{
    /// <summary>Nothing; its settings may be changed.</summary>
    Stop,

    /// <summary>It acquires.</summary>
    Run,

    /// <summary>It acquires and writes its own file.</summary>
    Record,

    /// <summary>It acquires and waits for a trigger to write its own file.</summary>
    Trigger,
}
