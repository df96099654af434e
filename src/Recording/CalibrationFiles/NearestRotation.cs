using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Makes the rotation of an imported camera one, where rounding in its file has left it not quite so.</summary>
internal static class NearestRotation
{
    private const double Exact = 1e-9;
    private const double Rounded = 1e-2;

    /// <exception cref="ClosedLoopException">It is no rotation at all.</exception>
    public static CameraCalibration Straighten(CameraCalibration camera, string path, List<string> notes)
    {
        var departure = Departure(camera.Rotation);
        if (departure < Exact)
            return camera;
        if (!(departure < Rounded))
            throw ClosedLoopException.Failed($"the rotation of the camera '{camera.Name}' in '{path}' is none: its rows are not of length 1, at right angles and right-handed");
        notes.Add(FormattableString.Invariant($"{camera.Name}: the rotation was rounded (by {departure:G2}) and has been replaced by the nearest one"));
        // Newton's iteration for the polar decomposition: the mean of a matrix and the transpose of its inverse.
        var r = (double[])camera.Rotation.Clone();
        for (var i = 0; i < 20; i++)
        {
            var inverse = InverseTransposed(r);
            for (var k = 0; k < 9; k++)
                r[k] = (r[k] + inverse[k]) / 2;
        }
        return camera with { Rotation = r };
    }

    private static double Departure(double[] r)
    {
        var inverse = InverseTransposed(r);
        var largest = Determinant(r) > 0 ? 0.0 : double.PositiveInfinity;
        for (var k = 0; k < 9; k++)
            largest = Math.Max(largest, Math.Abs(r[k] - inverse[k]));
        return double.IsNaN(largest) ? double.PositiveInfinity : largest;
    }

    private static double Determinant(double[] r) =>
        (r[0] * ((r[4] * r[8]) - (r[5] * r[7]))) - (r[1] * ((r[3] * r[8]) - (r[5] * r[6]))) + (r[2] * ((r[3] * r[7]) - (r[4] * r[6])));

    private static double[] InverseTransposed(double[] r)
    {
        var d = Determinant(r);
        return
        [
            ((r[4] * r[8]) - (r[5] * r[7])) / d, ((r[5] * r[6]) - (r[3] * r[8])) / d, ((r[3] * r[7]) - (r[4] * r[6])) / d,
            ((r[2] * r[7]) - (r[1] * r[8])) / d, ((r[0] * r[8]) - (r[2] * r[6])) / d, ((r[1] * r[6]) - (r[0] * r[7])) / d,
            ((r[1] * r[5]) - (r[2] * r[4])) / d, ((r[2] * r[3]) - (r[0] * r[5])) / d, ((r[0] * r[4]) - (r[1] * r[3])) / d,
        ];
    }
}
