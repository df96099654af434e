namespace ClosedLoop.Core;

/// <summary>What was noticed of a camera while its frames were grouped.</summary>
public enum CameraFindingKind
{
    /// <summary>Nothing comes from it any more; sets go on without it.</summary>
    Stopped,

    /// <summary>It delivers again.</summary>
    Resumed,

    /// <summary>Its counter shows that frames never came.</summary>
    Skipped,

    /// <summary>A frame came again.</summary>
    Repeated,

    /// <summary>Its counter went back.</summary>
    OutOfOrder,

    /// <summary>Its counter is far from that of all others: it counts other triggers, or began anew.</summary>
    OutOfStep,

    /// <summary>Only a part of a frame arrived.</summary>
    Short,

    /// <summary>A frame could not be decoded.</summary>
    Undecodable,

    /// <summary>A frame came after its set had been given out without it.</summary>
    Late,

    /// <summary>The device failed; it will not come back by itself.</summary>
    Failed,
}
