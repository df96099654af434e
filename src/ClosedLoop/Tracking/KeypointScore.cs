namespace ClosedLoop.Tracking;

/// <summary>How one keypoint fared over a recording.</summary>
/// <param name="Keypoint">Its name.</param>
/// <param name="Found">Share of the sets in which it was found.</param>
/// <param name="MedianReprojectionPx">Median over sets of its reprojection error, pixels; NaN where none was measured.</param>
/// <param name="MedianViews">Median number of views that it rests on.</param>
/// <param name="MedianErrorMm">Median distance to the truth, millimetres; NaN where there is no truth.</param>
/// <param name="P95ErrorMm">95th percentile of that.</param>
public sealed record KeypointScore(
    string Keypoint, double Found, double MedianReprojectionPx, double MedianViews, double MedianErrorMm, double P95ErrorMm);
