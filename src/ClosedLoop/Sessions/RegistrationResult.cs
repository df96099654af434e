namespace ClosedLoop.Sessions;

/// <summary>How well keypoints were registered.</summary>
/// <param name="MeanMarkerErrorMm">Mean over frames of the mean distance between keypoints and sites.</param>
/// <param name="P95MarkerErrorMm">95th percentile over frames of that distance.</param>
/// <param name="MedianMs">Median time of a solve.</param>
/// <param name="P99Ms">99th percentile of it.</param>
/// <param name="Flags">How many poses carried each flag.</param>
public sealed record RegistrationResult(
    double MeanMarkerErrorMm, double P95MarkerErrorMm, double MedianMs, double P99Ms, IReadOnlyDictionary<string, long> Flags);
