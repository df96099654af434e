namespace ClosedLoop.PoseTracking;

/// <summary>A rotation and a translation: X becomes R X + t. Metres.</summary>
internal sealed class RigidMotion
{
    private RigidMotion(double[] rotation, double[] translation) => (Rotation, Translation) = (rotation, translation);

    /// <summary>3 x 3, row by row.</summary>
    public double[] Rotation { get; }

    public double[] Translation { get; }

    public static RigidMotion Identity { get; } = new([1, 0, 0, 0, 1, 0, 0, 0, 1], new double[3]);

    public static RigidMotion Of(double[] rotation, double[] translation) => new(rotation, translation);

    /// <summary>From a rotation vector (axis times angle, radians) and a translation: six numbers.</summary>
    public static RigidMotion FromVector(ReadOnlySpan<double> six)
    {
        var (x, y, z) = (six[0], six[1], six[2]);
        var angle = Math.Sqrt((x * x) + (y * y) + (z * z));
        var translation = six.Slice(3, 3).ToArray();
        if (angle < 1e-12)
            return new([1, -z, y, z, 1, -x, -y, x, 1], translation);
        (x, y, z) = (x / angle, y / angle, z / angle);
        var (s, c) = Math.SinCos(angle);
        var d = 1 - c;
        return new(
        [
            c + (d * x * x), (d * x * y) - (s * z), (d * x * z) + (s * y),
            (d * x * y) + (s * z), c + (d * y * y), (d * y * z) - (s * x),
            (d * x * z) - (s * y), (d * y * z) + (s * x), c + (d * z * z),
        ], translation);
    }

    /// <summary>The rotation vector and the translation.</summary>
    public void ToVector(Span<double> six)
    {
        // NB: by way of the unit quaternion, which is exact at every angle; the antisymmetric part alone fails near half a turn.
        var r = Rotation;
        Span<double> q = stackalloc double[4];
        var trace = r[0] + r[4] + r[8];
        if (trace > 0)
        {
            var s = Math.Sqrt(trace + 1) * 2;
            (q[0], q[1], q[2], q[3]) = (s / 4, (r[7] - r[5]) / s, (r[2] - r[6]) / s, (r[3] - r[1]) / s);
        }
        else if (r[0] > r[4] && r[0] > r[8])
        {
            var s = Math.Sqrt(1 + r[0] - r[4] - r[8]) * 2;
            (q[0], q[1], q[2], q[3]) = ((r[7] - r[5]) / s, s / 4, (r[1] + r[3]) / s, (r[2] + r[6]) / s);
        }
        else if (r[4] > r[8])
        {
            var s = Math.Sqrt(1 + r[4] - r[0] - r[8]) * 2;
            (q[0], q[1], q[2], q[3]) = ((r[2] - r[6]) / s, (r[1] + r[3]) / s, s / 4, (r[5] + r[7]) / s);
        }
        else
        {
            var s = Math.Sqrt(1 + r[8] - r[0] - r[4]) * 2;
            (q[0], q[1], q[2], q[3]) = ((r[3] - r[1]) / s, (r[2] + r[6]) / s, (r[5] + r[7]) / s, s / 4);
        }
        if (q[0] < 0)
            (q[0], q[1], q[2], q[3]) = (-q[0], -q[1], -q[2], -q[3]);
        var sine = Math.Sqrt((q[1] * q[1]) + (q[2] * q[2]) + (q[3] * q[3]));
        var factor = sine < 1e-12 ? 2 / q[0] : 2 * Math.Atan2(sine, q[0]) / sine;
        for (var i = 0; i < 3; i++)
        {
            six[i] = q[1 + i] * factor;
            six[3 + i] = Translation[i];
        }
    }

    /// <summary>First <paramref name="b"/>, then <paramref name="a"/>.</summary>
    public static RigidMotion operator *(RigidMotion a, RigidMotion b)
    {
        var rotation = new double[9];
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 3; j++)
                rotation[(3 * i) + j] = (a.Rotation[3 * i] * b.Rotation[j]) + (a.Rotation[(3 * i) + 1] * b.Rotation[3 + j]) + (a.Rotation[(3 * i) + 2] * b.Rotation[6 + j]);
        var (x, y, z) = a.Apply(b.Translation[0], b.Translation[1], b.Translation[2]);
        return new(rotation, [x, y, z]);
    }

    public RigidMotion Inverse()
    {
        var r = Rotation;
        var turned = new RigidMotion([r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]], new double[3]);
        var (x, y, z) = turned.Apply(Translation[0], Translation[1], Translation[2]);
        return new(turned.Rotation, [-x, -y, -z]);
    }

    public (double X, double Y, double Z) Apply(double x, double y, double z)
    {
        var (r, t) = (Rotation, Translation);
        return ((r[0] * x) + (r[1] * y) + (r[2] * z) + t[0], (r[3] * x) + (r[4] * y) + (r[5] * z) + t[1], (r[6] * x) + (r[7] * y) + (r[8] * z) + t[2]);
    }

    /// <summary>The angle of the rotation, degrees.</summary>
    public double AngleDegrees()
    {
        Span<double> six = stackalloc double[6];
        ToVector(six);
        return Math.Sqrt((six[0] * six[0]) + (six[1] * six[1]) + (six[2] * six[2])) * 180 / Math.PI;
    }

    /// <summary>The length of the translation, metres.</summary>
    public double Length() => Math.Sqrt((Translation[0] * Translation[0]) + (Translation[1] * Translation[1]) + (Translation[2] * Translation[2]));
}
