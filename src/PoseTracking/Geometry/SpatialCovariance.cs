namespace ClosedLoop.PoseTracking;

/// <summary>A symmetric 3 x 3 covariance, square metres.</summary>
public readonly record struct SpatialCovariance(double XX, double XY, double XZ, double YY, double YZ, double ZZ)
{
    /// <summary>The covariance of a point that was not found.</summary>
    public static SpatialCovariance Unknown { get; } = new(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>Root mean square of the standard deviations along three axes, metres.</summary>
    public double SigmaM => Math.Sqrt((XX + YY + ZZ) / 3);

    /// <summary>The inverse of the symmetric matrix with these elements, or <see cref="Unknown"/> where it has none.</summary>
    internal static SpatialCovariance Invert(in SymmetricMatrix3 m)
    {
        var (a, b, c) = ((m.YY * m.ZZ) - (m.YZ * m.YZ), (m.XZ * m.YZ) - (m.XY * m.ZZ), (m.XY * m.YZ) - (m.XZ * m.YY));
        var determinant = (m.XX * a) + (m.XY * b) + (m.XZ * c);
        // NB: two rays along one line leave the place along it open: the determinant is then nothing beside the trace.
        var scale = (m.XX + m.YY + m.ZZ) / 3;
        if (!(determinant > 1e-12 * scale * scale * scale))
            return Unknown;
        return new(
            a / determinant, b / determinant, c / determinant,
            ((m.XX * m.ZZ) - (m.XZ * m.XZ)) / determinant, ((m.XY * m.XZ) - (m.XX * m.YZ)) / determinant,
            ((m.XX * m.YY) - (m.XY * m.XY)) / determinant);
    }

    /// <summary>The product with a vector.</summary>
    internal (double X, double Y, double Z) Times(double x, double y, double z) =>
        ((XX * x) + (XY * y) + (XZ * z), (XY * x) + (YY * y) + (YZ * z), (XZ * x) + (YZ * y) + (ZZ * z));
}
