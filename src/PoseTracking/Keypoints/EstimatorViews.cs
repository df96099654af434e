using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>The views that an estimator works on: their calibrations, in the order of a set's images, and the images' sizes.</summary>
public sealed class EstimatorViews
{
    /// <summary>Joins calibrations and image sizes.</summary>
    /// <param name="rig">The cameras, in the order of a set's images.</param>
    /// <param name="images">Width, height and channels, in the same order.</param>
    /// <exception cref="ClosedLoopException">They do not belong together; exit code 2.</exception>
    public EstimatorViews(RigCalibration rig, IReadOnlyList<(int Width, int Height, int Channels)> images)
    {
        (Rig, Images) = (rig, images);
        if (rig.Cameras.Count != images.Count)
            throw ClosedLoopException.Usage($"the calibration has {rig.Cameras.Count} cameras and a set {images.Count} images");
        if (images.Count is < 2 or > Triangulator.MaximumViews)
            throw ClosedLoopException.Usage($"keypoints are found from 2 to {Triangulator.MaximumViews} views, not from {images.Count}");
        for (var v = 0; v < images.Count; v++)
        {
            var camera = rig.Cameras[v];
            if ((camera.WidthPx, camera.HeightPx) != (images[v].Width, images[v].Height))
                throw ClosedLoopException.Usage(
                    $"the camera '{camera.Name}' was calibrated at {camera.WidthPx} x {camera.HeightPx} pixels and its images have {images[v].Width} x {images[v].Height}; calibrate at the size that is recorded");
        }
    }

    /// <summary>The calibrations.</summary>
    public RigCalibration Rig { get; }

    /// <summary>Width, height and channels of the images.</summary>
    public IReadOnlyList<(int Width, int Height, int Channels)> Images { get; }

    /// <summary>How many views.</summary>
    public int Count => Images.Count;

    /// <summary>The cameras of a rig in the order of these names; every name needs a calibration, other cameras are left out.</summary>
    /// <exception cref="ClosedLoopException">One has none; the message names the nearest.</exception>
    public static RigCalibration Select(RigCalibration rig, IReadOnlyList<string> names) =>
        new([.. names.Select(name => rig.Cameras[rig.IndexOf(name)])]);

    /// <summary>A point in front of the first camera.</summary>
    internal SpatialPoint Somewhere
    {
        get
        {
            var camera = Rig.Cameras[0];
            var (r, c) = (camera.Rotation, camera.CentreM);
            return SpatialPoint.Missing(0) with { X = c.X + (0.5 * r[6]), Y = c.Y + (0.5 * r[7]), Z = c.Z + (0.5 * r[8]) };
        }
    }

    /// <summary>Refuses a set that has other images.</summary>
    internal void Check(FrameSet frames)
    {
        if (frames.Cameras.Count != Count)
            throw ClosedLoopException.Usage($"a set of {frames.Cameras.Count} images came where {Count} were expected");
        for (var v = 0; v < Count; v++)
            if (frames.Cameras[v] != Images[v])
                throw ClosedLoopException.Usage($"an image of {frames.Cameras[v]} came from the camera '{Rig.Cameras[v].Name}' where {Images[v]} was expected");
    }
}
