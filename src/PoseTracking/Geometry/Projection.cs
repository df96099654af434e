using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>Where a point of the arena appears in a view, and how its place there changes with the point.</summary>
/// <param name="U">Column, pixels; NaN behind the camera.</param>
/// <param name="V">Row, pixels.</param>
/// <param name="UX">Change of the column with the point's x, pixels a metre; likewise the others.</param>
/// <param name="UY">Column by y.</param>
/// <param name="UZ">Column by z.</param>
/// <param name="VX">Row by x.</param>
/// <param name="VY">Row by y.</param>
/// <param name="VZ">Row by z.</param>
internal readonly record struct Projection(double U, double V, double UX, double UY, double UZ, double VX, double VY, double VZ)
{
    /// <summary><see cref="CameraCalibration.Project"/> with its derivatives.</summary>
    public static Projection Of(CameraCalibration camera, double x, double y, double z)
    {
        var (cx, cy, cz) = camera.ToCamera(x, y, z);
        if (!(cz > 1e-9))
            return new(double.NaN, double.NaN, 0, 0, 0, 0, 0, 0);
        var (a, b) = (cx / cz, cy / cz);
        var (da, db) = camera.Distort(a, b);
        var d = camera.Distortion;
        var r2 = (a * a) + (b * b);
        var radial = 1 + (r2 * (d[0] + (r2 * (d[1] + (r2 * d[4])))));
        var slope = 2 * (d[0] + (r2 * ((2 * d[1]) + (3 * d[4] * r2))));
        var jaa = radial + (slope * a * a) + (2 * d[2] * b) + (6 * d[3] * a);
        var jab = (slope * a * b) + (2 * d[2] * a) + (2 * d[3] * b);
        var jbb = radial + (slope * b * b) + (6 * d[2] * b) + (2 * d[3] * a);

        // By the camera's own coordinates: the direction changes by (dx - a dz) / z and (dy - b dz) / z.
        var (fx, fy, skew) = (camera.FocalXPx / cz, camera.FocalYPx / cz, camera.SkewPx / cz);
        var (ua, ub) = ((fx * jaa) + (skew * jab), (fx * jab) + (skew * jbb));
        var (ux, uy, uz) = (ua, ub, -((ua * a) + (ub * b)));
        var (vx, vy, vz) = (fy * jab, fy * jbb, -fy * ((jab * a) + (jbb * b)));
        var r = camera.Rotation;
        return new(
            camera.CentreXPx + (camera.FocalXPx * da) + (camera.SkewPx * db), camera.CentreYPx + (camera.FocalYPx * db),
            (ux * r[0]) + (uy * r[3]) + (uz * r[6]), (ux * r[1]) + (uy * r[4]) + (uz * r[7]), (ux * r[2]) + (uy * r[5]) + (uz * r[8]),
            (vx * r[0]) + (vy * r[3]) + (vz * r[6]), (vx * r[1]) + (vy * r[4]) + (vz * r[7]), (vx * r[2]) + (vy * r[5]) + (vz * r[8]));
    }
}
