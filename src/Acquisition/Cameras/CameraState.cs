namespace ClosedLoop.Acquisition;

/// <summary>Where a camera stands.</summary>
public enum CameraState
{
    /// <summary>The device is not in use.</summary>
    Closed,

    /// <summary>The device is open and can be configured.</summary>
    Open,

    /// <summary>Frames come.</summary>
    Running,
}
