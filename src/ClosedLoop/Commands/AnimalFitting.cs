using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;

namespace ClosedLoop.Commands;

/// <summary>Fits an animal to the frames of a file, with progress on standard error.</summary>
internal static class AnimalFitting
{
    /// <summary>
    /// Fits an animal to the frames that <paramref name="file"/> gives, but for the last <paramref name="heldOut"/>.
    /// </summary>
    public static AnimalFit Fit(BodyDescription body, KeypointFile file, int heldOut, AnimalFitOptions options, CancellationToken cancellation)
    {
        var frames = new Keypoints[file.FrameCount - heldOut];
        for (var i = 0; i < frames.Length; i++)
        {
            frames[i] = new(file.Layout);
            file.Frame(i, frames[i]);
        }
        return Fit(body, file.Layout, frames, options with { FramePeriodS = 1 / file.RateHz }, cancellation);
    }

    /// <summary>Fits an animal to <paramref name="frames"/>.</summary>
    public static AnimalFit Fit(
        BodyDescription body, KeypointLayout layout, IReadOnlyList<Keypoints> frames, AnimalFitOptions options, CancellationToken cancellation)
    {
        using var line = new ProgressLine();
        return AnimalFitter.Fit(body, layout, frames, options, line, cancellation);
    }
}
