namespace ClosedLoop.Motion;

/// <summary>What came of making clips of a keypoint file, for the summary.</summary>
/// <param name="Clips">How many clips were made.</param>
/// <param name="FramesPerClip">Frames in each.</param>
/// <param name="SecondsPerClip">Seconds of the animal's time in each.</param>
/// <param name="RateHz">Frames a second.</param>
/// <param name="Frames">How many frames were registered.</param>
/// <param name="FramesWithoutPose">Frames whose pose was carried forward, as too few keypoints were there.</param>
/// <param name="Stretches">Stretches of motion between gaps and jumps.</param>
/// <param name="ShortStretches">Stretches that were dropped, being shorter than a clip.</param>
/// <param name="FramesInShortStretches">Frames in those.</param>
/// <param name="FramesLeftOver">Frames at the ends of longer stretches that made no whole clip any more.</param>
/// <param name="MeanMarkerErrorMm">Mean marker error over the frames of the clips, millimetres.</param>
internal sealed record ClipSummary(
    int Clips, int FramesPerClip, double SecondsPerClip, double RateHz, int Frames, int FramesWithoutPose,
    int Stretches, int ShortStretches, int FramesInShortStretches, int FramesLeftOver, double MeanMarkerErrorMm);
