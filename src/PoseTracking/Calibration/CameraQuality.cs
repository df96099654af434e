namespace ClosedLoop.PoseTracking;

/// <summary>How well a camera's calibration is known.</summary>
/// <param name="RmsPx">Root of the mean squared distance between the corners found and the corners predicted, pixels.</param>
/// <param name="Views">In how many images the board was found and used.</param>
/// <param name="Coverage">The share of the image, 0 to 1, in whose cells corners were found.</param>
public sealed record CameraQuality(double RmsPx, int Views, double Coverage);
