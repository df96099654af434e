namespace ClosedLoop.PoseTracking;

/// <summary>How a rig is calibrated and judged.</summary>
public sealed record RigCalibrationOptions
{
    /// <summary>The set whose board lies on the floor and makes the arena's frame; null: the first camera's own frame.</summary>
    public int? FloorSet { get; init; }

    /// <summary>The gate: the largest rms of a camera, and of a pair's epipolar distances, pixels.</summary>
    public double MostRmsPx { get; init; } = 1;

    /// <summary>The gate: the fewest views of a camera.</summary>
    public int FewestViews { get; init; } = 8;

    /// <summary>The gate: the smallest share of a camera's image in whose cells corners were found.</summary>
    public double LeastCoverage { get; init; } = 0.3;
}
