namespace ClosedLoop.Physics;

/// <summary>How near one part of the body kept to the reference's.</summary>
/// <param name="MedianErrorMm">Median of the mean distance of its keypoint sites, in the world.</param>
/// <param name="P90ErrorMm">What 90 % of those do not exceed.</param>
/// <param name="MedianPoseErrorMm">Median of the mean distance after all sites were moved and turned together onto the reference's.</param>
public sealed record PartMeasures(double MedianErrorMm, double P90ErrorMm, double MedianPoseErrorMm);
