namespace ClosedLoop.PoseTracking;

/// <summary>How a whole view lies in a smaller image of perhaps another shape: centred, undistorted, bars of 0 beside or above it.</summary>
/// <param name="Scale">Pixels of the view a pixel of the small image.</param>
/// <param name="FirstU">The view's column, counted from its left edge, at the left edge of the small image; negative where a bar is.</param>
/// <param name="FirstV">The view's row at its top edge.</param>
public readonly record struct Letterbox(double Scale, double FirstU, double FirstV)
{
    /// <summary>Fits a view of one size into another.</summary>
    public static Letterbox Of(int width, int height, int outWidth, int outHeight)
    {
        var scale = Math.Max((double)width / outWidth, (double)height / outHeight);
        return new(scale, (width - (scale * outWidth)) / 2, (height - (scale * outHeight)) / 2);
    }

    /// <summary>The view's pixel coordinates (centre of the first pixel: 0) of a place in the small image, given likewise.</summary>
    public (double U, double V) ToView(double x, double y) =>
        (FirstU + ((x + 0.5) * Scale) - 0.5, FirstV + ((y + 0.5) * Scale) - 0.5);
}
