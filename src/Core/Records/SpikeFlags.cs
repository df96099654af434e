namespace ClosedLoop.Core;

/// <summary>What is special about a spike.</summary>
[Flags]
public enum SpikeFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It waited for its unit to be learnt: no bin counts it.</summary>
    Late = 1,
}
