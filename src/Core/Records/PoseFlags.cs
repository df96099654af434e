namespace ClosedLoop.Core;

/// <summary>What is noteworthy about a registered pose.</summary>
[Flags]
public enum PoseFlags
{
    /// <summary>A fresh solve over keypoints that raised no doubt.</summary>
    None = 0,

    /// <summary>No keypoint set had arrived: the last pose was carried forward unchanged.</summary>
    Held = 1,

    /// <summary>No keypoint set had arrived: the last pose was carried forward along its velocity.</summary>
    Extrapolated = 2,

    /// <summary>Some keypoints were missing or below the confidence limit and were left out of the solve.</summary>
    Partial = 4,

    /// <summary>The keypoints moved further between two sets than an animal can.</summary>
    Jump = 8,

    /// <summary>Keypoints of the left and right side were exchanged, and were put back before the solve.</summary>
    LeftRightSwap = 16,

    /// <summary>Too few keypoints for a solve: the last pose was carried forward.</summary>
    TooFewKeypoints = 32,

    /// <summary>The solve stopped at its iteration limit.</summary>
    NotConverged = 64,

    /// <summary>The solve began from the trunk keypoints instead of from the previous pose.</summary>
    Restarted = 128,

    /// <summary>One or more keypoints disagreed with the body by far more than the others and were left out of the solve.</summary>
    Outliers = 256,
}
