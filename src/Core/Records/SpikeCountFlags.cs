namespace ClosedLoop.Core;

/// <summary>Why a bin's counts may be too low.</summary>
[Flags]
public enum SpikeCountFlags
{
    /// <summary>They are what was sorted.</summary>
    None = 0,

    /// <summary>Samples within the bin are missing.</summary>
    Gap = 1,

    /// <summary>The bin was given out before its end had been sorted: nothing came any more, or not in time.</summary>
    Unsorted = 2,

    /// <summary>The units of at least one tetrode were still being learnt.</summary>
    Learning = 4,
}
