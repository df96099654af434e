using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Whether two cameras agree, asked without any board: a corner seen by one must lie on the line that the other's view of
/// it makes, under the fundamental matrix of the calibration (undistorted pixels).
/// </summary>
internal static class EpipolarCheck
{
    public static PairReport Compute(BoardObservations observations, IReadOnlyList<CameraCalibration> cameras, int a, int b)
    {
        var essential = Essential(cameras[a], cameras[b]);
        var (sum, corners, views) = (0.0, 0, 0);
        for (var s = 0; s < observations.SetNames.Count; s++)
        {
            if (observations.Views[a][s] is not { } va || observations.Views[b][s] is not { } vb)
                continue;
            views++;
            for (var i = 0; i < va.Count; i++)
            {
                var j = Array.IndexOf(vb.Corners, va.Corners[i]);
                if (j < 0)
                    continue;
                var (xa, ya) = cameras[a].Direction(va.Pixels[2 * i], va.Pixels[(2 * i) + 1]);
                var (xb, yb) = cameras[b].Direction(vb.Pixels[2 * j], vb.Pixels[(2 * j) + 1]);
                var (da, db) = Distances(essential, cameras[a], cameras[b], xa, ya, xb, yb);
                if (double.IsNaN(da + db))
                    continue;
                sum += ((da * da) + (db * db)) / 2;
                corners++;
            }
        }
        return new(cameras[a].Name, cameras[b].Name, views, corners, corners > 0 ? Math.Sqrt(sum / corners) : double.NaN);
    }

    /// <summary>E with xb' E xa = 0: [t]x R of the motion from a's coordinates to b's.</summary>
    private static double[] Essential(CameraCalibration a, CameraCalibration b)
    {
        var motion = RigidMotion.Of(b.Rotation, b.TranslationM) * RigidMotion.Of(a.Rotation, a.TranslationM).Inverse();
        var (r, t) = (motion.Rotation, motion.Translation);
        var e = new double[9];
        for (var j = 0; j < 3; j++)
        {
            e[j] = (t[1] * r[6 + j]) - (t[2] * r[3 + j]);
            e[3 + j] = (t[2] * r[j]) - (t[0] * r[6 + j]);
            e[6 + j] = (t[0] * r[3 + j]) - (t[1] * r[j]);
        }
        return e;
    }

    /// <summary>Distances from the two lines, pixels. The line's coefficients are scaled by the focal lengths so that a distance is one in pixels.</summary>
    private static (double A, double B) Distances(double[] e, CameraCalibration a, CameraCalibration b, double xa, double ya, double xb, double yb)
    {
        var (lb0, lb1, lb2) = ((e[0] * xa) + (e[1] * ya) + e[2], (e[3] * xa) + (e[4] * ya) + e[5], (e[6] * xa) + (e[7] * ya) + e[8]);
        var (la0, la1) = ((e[0] * xb) + (e[3] * yb) + e[6], (e[1] * xb) + (e[4] * yb) + e[7]);
        var value = Math.Abs((xb * lb0) + (yb * lb1) + lb2);
        return (value / Math.Sqrt(((la0 / a.FocalXPx) * (la0 / a.FocalXPx)) + ((la1 / a.FocalYPx) * (la1 / a.FocalYPx))),
                value / Math.Sqrt(((lb0 / b.FocalXPx) * (lb0 / b.FocalXPx)) + ((lb1 / b.FocalYPx) * (lb1 / b.FocalYPx))));
    }
}
