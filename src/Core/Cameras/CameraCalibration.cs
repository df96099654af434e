namespace ClosedLoop.Core;

/// <summary>
/// One calibrated camera: a pinhole with the lens distortion of Brown and Conrady (OpenCV's five coefficients), and its
/// place in the arena. A point X of the arena has camera coordinates R X + t (x right, y down, z forwards); the centre
/// of the top left pixel has coordinates (0, 0).
/// </summary>
public sealed record CameraCalibration
{
    /// <summary>The camera's name, unique in its rig.</summary>
    public required string Name { get; init; }

    /// <summary>Width of the images that it was calibrated with, pixels.</summary>
    public required int WidthPx { get; init; }

    /// <summary>Height of the images that it was calibrated with, pixels.</summary>
    public required int HeightPx { get; init; }

    /// <summary>Focal length along rows, pixels.</summary>
    public required double FocalXPx { get; init; }

    /// <summary>Focal length along columns, pixels.</summary>
    public required double FocalYPx { get; init; }

    /// <summary>Column of the principal point, pixels.</summary>
    public required double CentreXPx { get; init; }

    /// <summary>Row of the principal point, pixels.</summary>
    public required double CentreYPx { get; init; }

    /// <summary>
    /// Skew, pixels: by how much a column moves with y / z. 0 for every camera calibrated here; MATLAB's calibration
    /// estimates one, and imported rigs of DANNCE have it.
    /// </summary>
    public double SkewPx { get; init; }

    /// <summary>Lens distortion k1, k2, p1, p2, k3 in OpenCV's order and sense.</summary>
    public double[] Distortion { get; init; } = new double[5];

    /// <summary>Rotation from the arena to the camera, 3 x 3, row by row.</summary>
    public required double[] Rotation { get; init; }

    /// <summary>Translation from the arena to the camera, metres.</summary>
    public required double[] TranslationM { get; init; }

    /// <summary>The camera's optical centre in the arena, metres: -R' t.</summary>
    public (double X, double Y, double Z) CentreM
    {
        get
        {
            var (r, t) = (Rotation, TranslationM);
            return (-((r[0] * t[0]) + (r[3] * t[1]) + (r[6] * t[2])),
                    -((r[1] * t[0]) + (r[4] * t[1]) + (r[7] * t[2])),
                    -((r[2] * t[0]) + (r[5] * t[1]) + (r[8] * t[2])));
        }
    }

    /// <summary>The point's place in the camera's own coordinates, metres.</summary>
    public (double X, double Y, double Z) ToCamera(double x, double y, double z)
    {
        var (r, t) = (Rotation, TranslationM);
        return ((r[0] * x) + (r[1] * y) + (r[2] * z) + t[0],
                (r[3] * x) + (r[4] * y) + (r[5] * z) + t[1],
                (r[6] * x) + (r[7] * y) + (r[8] * z) + t[2]);
    }

    /// <summary>Where a point of the arena, metres, appears in the image, pixels; NaN for a point that is not in front.</summary>
    public (double U, double V) Project(double x, double y, double z)
    {
        var (cx, cy, cz) = ToCamera(x, y, z);
        if (!(cz > 1e-9))
            return (double.NaN, double.NaN);
        var (dx, dy) = Distort(cx / cz, cy / cz);
        return (CentreXPx + (FocalXPx * dx) + (SkewPx * dy), CentreYPx + (FocalYPx * dy));
    }

    /// <summary>What the lens makes of a direction (x / z, y / z).</summary>
    public (double X, double Y) Distort(double x, double y)
    {
        var d = Distortion;
        var r2 = (x * x) + (y * y);
        var radial = 1 + (r2 * (d[0] + (r2 * (d[1] + (r2 * d[4])))));
        return ((x * radial) + (2 * d[2] * x * y) + (d[3] * (r2 + (2 * x * x))),
                (y * radial) + (d[2] * (r2 + (2 * y * y))) + (2 * d[3] * x * y));
    }

    /// <summary>
    /// The direction (x / z, y / z) in camera coordinates that appears at a pixel: <see cref="Project"/> undone, by
    /// Newton's method to 1e-12. NaN where the lens model has no such direction.
    /// </summary>
    public (double X, double Y) Direction(double u, double v)
    {
        var targetY = (v - CentreYPx) / FocalYPx;
        var targetX = (u - CentreXPx - (SkewPx * targetY)) / FocalXPx;
        var d = Distortion;
        var (x, y) = (targetX, targetY);
        for (var i = 0; i < 30; i++)
        {
            var r2 = (x * x) + (y * y);
            var radial = 1 + (r2 * (d[0] + (r2 * (d[1] + (r2 * d[4])))));
            var slope = 2 * (d[0] + (r2 * ((2 * d[1]) + (3 * d[4] * r2))));
            var (dx, dy) = Distort(x, y);
            var (ex, ey) = (dx - targetX, dy - targetY);
            var jxx = radial + (slope * x * x) + (2 * d[2] * y) + (6 * d[3] * x);
            var jxy = (slope * x * y) + (2 * d[2] * x) + (2 * d[3] * y);
            var jyy = radial + (slope * y * y) + (6 * d[2] * y) + (2 * d[3] * x);
            var determinant = (jxx * jyy) - (jxy * jxy);
            // NB: beyond the radius where the lens model folds back there is no direction to be found.
            if (!(determinant > 1e-9))
                return (double.NaN, double.NaN);
            var (sx, sy) = (((jyy * ex) - (jxy * ey)) / determinant, ((jxx * ey) - (jxy * ex)) / determinant);
            x -= sx;
            y -= sy;
            if ((sx * sx) + (sy * sy) < 1e-24)
                return (x, y);
        }
        return (double.NaN, double.NaN);
    }
}
