using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>The square of a view that a network looks at.</summary>
/// <param name="CentreU">Column of its centre, pixels.</param>
/// <param name="CentreV">Row of its centre, pixels.</param>
/// <param name="SidePx">Length of its sides, pixels.</param>
public readonly record struct CropWindow(double CentreU, double CentreV, double SidePx)
{
    /// <summary>The window of a view that is not looked at.</summary>
    public static CropWindow None { get; } = new(double.NaN, double.NaN, double.NaN);

    /// <summary>Whether there is anything to look at.</summary>
    public bool IsValid => double.IsFinite(CentreU + CentreV) && SidePx > 0 && double.IsFinite(SidePx);

    /// <summary>
    /// The window about an animal: centred on where its centre appears, as wide as <paramref name="sideM"/> metres are
    /// at its depth: side = metres x (fx + fy) / 2 / depth. None where the animal is behind the camera.
    /// </summary>
    public static CropWindow About(CameraCalibration camera, double x, double y, double z, double sideM)
    {
        var (u, v) = camera.Project(x, y, z);
        var (_, _, depth) = camera.ToCamera(x, y, z);
        return double.IsFinite(u + v) ? new(u, v, sideM * (camera.FocalXPx + camera.FocalYPx) / 2 / depth) : None;
    }

    /// <summary>The view's coordinates of a place in a map of so many cells that covers the window.</summary>
    public (double U, double V) ToView(double x, double y, int cells) =>
        (CentreU + ((((x + 0.5) / cells) - 0.5) * SidePx), CentreV + ((((y + 0.5) / cells) - 0.5) * SidePx));
}
