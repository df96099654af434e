namespace ClosedLoop.Rigs;

/// <summary>Where a rig's keypoints come from.</summary>
public enum KeypointSourceKind
{
    /// <summary>A simulated rat in its arena: no hardware.</summary>
    Simulated,

    /// <summary>A keypoint file, played live.</summary>
    File,

    /// <summary>Cameras, whose images networks make keypoints of.</summary>
    Cameras,
}
