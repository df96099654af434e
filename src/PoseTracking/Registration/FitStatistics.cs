namespace ClosedLoop.PoseTracking;

/// <summary>What a fit was made from and how well it came out.</summary>
/// <param name="FramesGiven">How many frames the fit was given.</param>
/// <param name="FramesUsed">How many of them the offsets and the scale were fitted on.</param>
/// <param name="UsedMeanMm">Mean marker error over the frames that were used, millimetres.</param>
/// <param name="UnusedMeanMm">Mean marker error over the given frames that were not used, millimetres; NaN where all were.</param>
/// <param name="UnusedP95Mm">95th percentile of the marker error over the frames that were not used, millimetres; NaN where all were.</param>
/// <param name="FloorSpreadMm">Half the distance between the 16th and 84th percentile of the paws' height in stance, millimetres; NaN where the floor could not be found.</param>
/// <param name="Keypoints">The errors of each keypoint over all given frames.</param>
public sealed record FitStatistics(
    int FramesGiven, int FramesUsed, double UsedMeanMm, double UnusedMeanMm, double UnusedP95Mm, double FloorSpreadMm,
    IReadOnlyList<KeypointFitError> Keypoints);
