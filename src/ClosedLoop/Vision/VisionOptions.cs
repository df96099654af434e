using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Inference;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Vision;

/// <summary>Which networks make keypoints of images, and on what.</summary>
public sealed record VisionOptions
{
    /// <summary><c>fast</c>, <c>volumetric</c>, or a model folder.</summary>
    public string Model { get; init; } = "fast";

    /// <summary>What computes the networks.</summary>
    public InferenceDevice Device { get; init; } = InferenceDevice.Auto;

    /// <summary>Threads that cropping and decoding are divided over, and that a network uses.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether the model's pose network, where it has one, moves what was triangulated.</summary>
    public bool Refine { get; init; } = true;

    /// <summary>Whether keypoints are calmed over time, which delays them.</summary>
    public bool Filter { get; init; }

    /// <summary>The model's folder.</summary>
    /// <exception cref="ClosedLoopException">A model of the installation was asked for, and there is no installation around this program.</exception>
    public string ModelFolder
    {
        get
        {
            if (Model is not ("fast" or "volumetric"))
                return Model;
            var root = Installation.Root
                ?? throw ClosedLoopException.Usage($"the model '{Model}' is one of the installation, and this program lies outside of one; name the model's folder");
            return Path.Combine(root, "models", $"keypoints-{Model}");
        }
    }

    /// <summary>Opens the networks.</summary>
    /// <param name="views">The views that they are to look at.</param>
    /// <param name="clock">The session's clock; null: keypoints are stamped with their frames' times.</param>
    /// <exception cref="ClosedLoopException">The model cannot be used.</exception>
    public IKeypointEstimator MakeEstimator(EstimatorViews views, SessionClock? clock) =>
        KeypointModel.Open(ModelFolder, views, new(Device), new() { Threads = Threads, Refine = Refine, Clock = clock });

    /// <summary>Opens the networks for the cameras of a source and joins them with it; the source is then the result's.</summary>
    /// <param name="frames">The images. Disposed where this fails.</param>
    /// <param name="rig">The calibration of at least these cameras.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="isLive">Whether the images come at their own pace.</param>
    /// <exception cref="ClosedLoopException">The model cannot be used, or a camera has no calibration.</exception>
    public VisionKeypointSource Open(IFrameSource frames, RigCalibration rig, SessionClock clock, bool isLive)
    {
        IKeypointEstimator? estimator = null;
        try
        {
            var views = new EstimatorViews(EstimatorViews.Select(rig, frames.CameraNames), frames.Cameras);
            // NB: without the clock where nothing is live: two replays stamp alike.
            estimator = MakeEstimator(views, isLive ? clock : null);
            return new(frames, estimator, clock, isLive, Filter ? new(estimator.Layout, 1 / frames.RateHz) : null);
        }
        catch
        {
            estimator?.Dispose();
            frames.Dispose();
            throw;
        }
    }
}
