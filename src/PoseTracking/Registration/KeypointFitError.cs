namespace ClosedLoop.PoseTracking;

/// <summary>How far one keypoint lay from its site after a fit.</summary>
/// <param name="Keypoint">Name of the keypoint.</param>
/// <param name="MeanMm">Mean distance, millimetres.</param>
/// <param name="P95Mm">95th percentile of the distance, millimetres.</param>
public sealed record KeypointFitError(string Keypoint, double MeanMm, double P95Mm);
