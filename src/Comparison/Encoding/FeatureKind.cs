namespace ClosedLoop.Comparison;

/// <summary>What features stand for.</summary>
public enum FeatureKind
{
    /// <summary>Nobody says.</summary>
    Unspecified,

    /// <summary>What can be measured of a movement: keypoints, joint angles, velocities.</summary>
    Representational,

    /// <summary>What a network computes to bring it about: activity of its layers.</summary>
    Computational,
}
