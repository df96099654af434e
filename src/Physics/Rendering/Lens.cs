using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// A calibrated camera made ready for <see cref="OffscreenRenderer.Photograph"/>: the pinhole image that holds all that
/// the camera sees, and where in it each of its pixels looks. Made once per camera; may be shared between threads.
/// </summary>
public sealed class Lens
{
    internal const double NearM = 0.02;
    internal const double FarM = 30;

    /// <summary>Prepares a camera.</summary>
    /// <param name="camera">The camera.</param>
    /// <param name="sharpness">Pixels of the pinhole image per pixel of the camera at the image's middle.</param>
    /// <exception cref="ClosedLoopException">The lens model bends some pixel's view beyond all directions.</exception>
    public Lens(CameraCalibration camera, double sharpness = 1)
    {
        Camera = camera;
        var (c, r) = (camera.CentreM, camera.Rotation);
        Position = [c.X, c.Y, c.Z];
        Forward = [r[6], r[7], r[8]];
        Up = [-r[3], -r[4], -r[5]];

        var directions = new (double X, double Y)[camera.WidthPx * camera.HeightPx];
        var (left, right, top, bottom) = (double.MaxValue, double.MinValue, double.MaxValue, double.MinValue);
        for (var v = 0; v < camera.HeightPx; v++)
            for (var u = 0; u < camera.WidthPx; u++)
            {
                var (x, y) = camera.Direction(u, v);
                // NB: written so that NaN, the lens model's answer where it has none, fails the test.
                if (!(Math.Abs(x) < 5 && Math.Abs(y) < 5))
                    throw ClosedLoopException.Usage($"the camera {camera.Name} cannot be simulated: its distortion leaves the pixel at column {u}, row {v} without a direction; use a weaker distortion");
                directions[(v * camera.WidthPx) + u] = (x, y);
                (left, right) = (Math.Min(left, x), Math.Max(right, x));
                (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
            }

        // One pixel of margin on every side: the four neighbours of every look-up exist.
        var focal = sharpness * Math.Sqrt(camera.FocalXPx * camera.FocalYPx);
        PinholeWidth = (int)Math.Ceiling((right - left) * focal) + 3;
        PinholeHeight = (int)Math.Ceiling((bottom - top) * focal) + 3;
        left -= 1.5 / focal;
        top -= 1.5 / focal;
        Window = [left, left + (PinholeWidth / focal), top, top + (PinholeHeight / focal)];

        Pixels = new LensPixel[directions.Length];
        for (var i = 0; i < Pixels.Length; i++)
        {
            // The centre of the pinhole's first pixel lies half a pixel inside its window; its rows come from the bottom.
            var column = ((directions[i].X - left) * focal) - 0.5;
            var row = PinholeHeight - 1 - (((directions[i].Y - top) * focal) - 0.5);
            var (c0, r0) = ((int)Math.Floor(column), (int)Math.Floor(row));
            Pixels[i] = new((uint)(3 * ((r0 * PinholeWidth) + c0)), (ushort)Math.Round(256 * (column - c0)), (ushort)Math.Round(256 * (row - r0)));
        }
    }

    /// <summary>The camera.</summary>
    public CameraCalibration Camera { get; }

    /// <summary>Width of the pinhole image, pixels; the renderer must be at least as wide.</summary>
    public int PinholeWidth { get; }

    /// <summary>Height of the pinhole image, pixels; the renderer must be at least as high.</summary>
    public int PinholeHeight { get; }

    /// <summary>Bytes of the camera's image: three a pixel.</summary>
    public int ImageBytes => 3 * Pixels.Length;

    internal double[] Position { get; }

    internal double[] Forward { get; }

    internal double[] Up { get; }

    /// <summary>Left, right, top and bottom edge of the pinhole image, as x / z and y / z in the camera's coordinates.</summary>
    internal double[] Window { get; }

    internal LensPixel[] Pixels { get; }
}
