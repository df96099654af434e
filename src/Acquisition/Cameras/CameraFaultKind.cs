namespace ClosedLoop.Acquisition;

/// <summary>What can go wrong with a camera.</summary>
public enum CameraFaultKind
{
    /// <summary>Nothing comes for so many frames' time.</summary>
    Stop,

    /// <summary>So many frames never come.</summary>
    Skip,

    /// <summary>A frame comes so many times more, with the same counter.</summary>
    Repeat,

    /// <summary>Of so many frames only the first half arrives.</summary>
    Short,

    /// <summary>So many frames come late.</summary>
    Late,
}
