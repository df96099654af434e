namespace ClosedLoop.PoseTracking;

/// <summary>A symmetric 3 x 3 matrix and a right-hand side to it, added up from rows of a least-squares problem.</summary>
internal struct SymmetricMatrix3
{
    public double XX, XY, XZ, YY, YZ, ZZ;
    public double RightX, RightY, RightZ;

    /// <summary>Adds one equation a . x = b with a weight.</summary>
    public void Add(double ax, double ay, double az, double b, double weight)
    {
        var (wx, wy, wz) = (weight * ax, weight * ay, weight * az);
        XX += wx * ax;
        XY += wx * ay;
        XZ += wx * az;
        YY += wy * ay;
        YZ += wy * az;
        ZZ += wz * az;
        RightX += wx * b;
        RightY += wy * b;
        RightZ += wz * b;
    }

    public static SymmetricMatrix3 operator +(in SymmetricMatrix3 a, in SymmetricMatrix3 b) => new()
    {
        XX = a.XX + b.XX,
        XY = a.XY + b.XY,
        XZ = a.XZ + b.XZ,
        YY = a.YY + b.YY,
        YZ = a.YZ + b.YZ,
        ZZ = a.ZZ + b.ZZ,
        RightX = a.RightX + b.RightX,
        RightY = a.RightY + b.RightY,
        RightZ = a.RightZ + b.RightZ,
    };

    /// <summary>The solution; NaN where there is none.</summary>
    public readonly (double X, double Y, double Z) Solve() => SpatialCovariance.Invert(this).Times(RightX, RightY, RightZ);
}
