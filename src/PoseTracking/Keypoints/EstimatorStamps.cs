using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>What every estimator does before and after a set.</summary>
internal static class EstimatorStamps
{
    /// <summary>Empties what is lent and counts the images that are there.</summary>
    public static void Begin(Keypoints keypoints, KeypointQuality quality, FrameSet frames)
    {
        keypoints.Clear();
        quality.Clear();
        foreach (var present in frames.Present)
            if (present)
                quality.ViewsPresent++;
    }

    /// <summary>Stamps the keypoints with the origin of the images.</summary>
    public static void End(Keypoints keypoints, FrameSet frames, long sequence, SessionClock? clock)
    {
        var stamp = frames.Stamp;
        keypoints.FrameSetSequence = stamp.Sequence;
        keypoints.Stamp = stamp with { Sequence = sequence, Produced = clock?.Now ?? stamp.Produced };
    }
}
