namespace ClosedLoop.Recording;

/// <summary>What is wrong with the numbers of a keypoint file, over the frames that were asked for.</summary>
/// <param name="MissingKeypoints">Keypoints that are not there, all frames together, whatever the reason.</param>
/// <param name="FramesWithMissing">Frames in which at least one keypoint is missing.</param>
/// <param name="EmptyFrames">Frames in which every keypoint is missing.</param>
/// <param name="InfiniteKeypoints">Keypoints with an infinite coordinate; read as missing.</param>
/// <param name="AbsurdKeypoints">Keypoints further from the origin than any arena is wide; read as missing.</param>
/// <param name="FirstBadFrame">The first frame of the file with a missing keypoint; -1 where there is none.</param>
/// <param name="FirstBadKeypoint">The name of the keypoint missing there; empty where there is none.</param>
public sealed record KeypointProblems(
    int MissingKeypoints, int FramesWithMissing, int EmptyFrames, int InfiniteKeypoints, int AbsurdKeypoints,
    int FirstBadFrame, string FirstBadKeypoint)
{
    /// <summary>Whether every keypoint of every frame is there.</summary>
    public bool None => MissingKeypoints == 0;

    /// <summary>The problems in one sentence without its full stop; empty where there are none.</summary>
    public override string ToString()
    {
        if (None)
            return "";
        var reasons = (InfiniteKeypoints > 0 ? $", {InfiniteKeypoints} of them infinite" : "")
            + (AbsurdKeypoints > 0 ? $", {AbsurdKeypoints} of them absurdly far away" : "");
        var empty = EmptyFrames > 0 ? $", {EmptyFrames} frame(s) without any keypoint" : "";
        return $"{MissingKeypoints} keypoint(s) missing in {FramesWithMissing} frame(s){reasons}{empty}; the first is {FirstBadKeypoint} in frame {FirstBadFrame}";
    }
}
