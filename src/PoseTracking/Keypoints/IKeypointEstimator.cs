using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>The stage that makes 3D keypoints of the images of one trigger.</summary>
/// <remarks>
/// Deterministic, and allocates nothing per set. Views whose image is missing are left out. Where no animal is seen all
/// keypoints are missing and <see cref="KeypointQuality.AnimalSeen"/> is false.
/// </remarks>
public interface IKeypointEstimator : IDisposable
{
    /// <summary>Names and order of the keypoints.</summary>
    KeypointLayout Layout { get; }

    /// <summary>What the networks run on, for people.</summary>
    string Device { get; }

    /// <summary>How good the last set's keypoints are; lent until the next set.</summary>
    KeypointQuality Quality { get; }

    /// <summary>How long each part of the work took, in the order of the work.</summary>
    IReadOnlyList<LatencyHistogram> Latencies { get; }

    /// <summary>
    /// Goes through the whole work once on black images, as if an animal stood there, so that no set of a session pays for
    /// what is done the first time. Counts no set.
    /// </summary>
    void WarmUp();

    /// <summary>The keypoints of one set of images; lent until the next.</summary>
    Keypoints Process(FrameSet frames);
}
