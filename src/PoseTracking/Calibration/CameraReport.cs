namespace ClosedLoop.PoseTracking;

/// <summary>What a calibration says of one camera.</summary>
/// <param name="Name">Its name.</param>
/// <param name="RmsPx">Root of the mean squared distance between corners found and predicted, pixels.</param>
/// <param name="Views">In how many images the board was found and used.</param>
/// <param name="Coverage">The share of the image, 0 to 1, in whose cells corners were found.</param>
/// <param name="AloneRmsPx">The rms that the camera reaches calibrated alone, pixels: much less means that it disagrees with the others.</param>
public sealed record CameraReport(string Name, double RmsPx, int Views, double Coverage, double AloneRmsPx);
