namespace ClosedLoop.Tracking;

/// <summary>How keypoints fared while the animal did one thing.</summary>
/// <param name="Behaviour">Its name.</param>
/// <param name="Keypoints">Keypoints that were compared.</param>
/// <param name="MedianErrorMm">Median distance to the truth, millimetres; NaN of none.</param>
/// <param name="P95ErrorMm">95th percentile of that.</param>
public sealed record BehaviourScore(string Behaviour, int Keypoints, double MedianErrorMm, double P95ErrorMm);
