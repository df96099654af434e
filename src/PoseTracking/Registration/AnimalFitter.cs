using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.PoseTracking;

/// <summary>Fits an animal: its size, where its keypoints sit on the body, and how high its floor lies.</summary>
public static class AnimalFitter
{
    /// <summary>Fits an animal to keypoint sets.</summary>
    public static AnimalFit Fit(
        BodyDescription body, KeypointLayout layout, IReadOnlyList<Keypoints> frames, AnimalFitOptions options,
        IProgress<string>? progress = null, CancellationToken cancellation = default) =>
        throw new NotImplementedException();
}
