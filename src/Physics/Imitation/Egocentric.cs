namespace ClosedLoop.Physics;

/// <summary>Vectors and rotations as a body sees them that stands in the world.</summary>
internal static class Egocentric
{
    /// <summary>
    /// A vector of the world in the body's axes: the transpose of the body's rotation (row-major) times the vector.
    /// NB: the published MJX tasks rotate the other way, which is no egocentric frame.
    /// </summary>
    public static void Rotate(ReadOnlySpan<double> rotation, double x, double y, double z, Span<float> target)
    {
        target[0] = (float)((rotation[0] * x) + (rotation[3] * y) + (rotation[6] * z));
        target[1] = (float)((rotation[1] * x) + (rotation[4] * y) + (rotation[7] * z));
        target[2] = (float)((rotation[2] * x) + (rotation[5] * y) + (rotation[8] * z));
    }

    /// <summary>
    /// The rotation from one attitude to another in the axes of the first, as axis times angle (rad), by the shorter way.
    /// Quaternions are w, x, y, z; they need not be of unit length.
    /// </summary>
    public static void Turn(ReadOnlySpan<double> from, ReadOnlySpan<double> to, Span<double> turn)
    {
        var w = (from[0] * to[0]) + (from[1] * to[1]) + (from[2] * to[2]) + (from[3] * to[3]);
        var x = (from[0] * to[1]) - (from[1] * to[0]) - (from[2] * to[3]) + (from[3] * to[2]);
        var y = (from[0] * to[2]) + (from[1] * to[3]) - (from[2] * to[0]) - (from[3] * to[1]);
        var z = (from[0] * to[3]) - (from[1] * to[2]) + (from[2] * to[1]) - (from[3] * to[0]);
        if (w < 0)
            (w, x, y, z) = (-w, -x, -y, -z);
        var sine = Math.Sqrt((x * x) + (y * y) + (z * z));
        var scale = sine < 1e-12 ? 2 / Math.Max(w, 1e-12) : 2 * Math.Atan2(sine, w) / sine;
        (turn[0], turn[1], turn[2]) = (scale * x, scale * y, scale * z);
    }

    /// <summary>The rotation of a unit quaternion w, x, y, z as a matrix, row-major.</summary>
    public static void Rotation(ReadOnlySpan<double> q, Span<double> rotation)
    {
        var (w, x, y, z) = (q[0], q[1], q[2], q[3]);
        (rotation[0], rotation[1], rotation[2]) = (1 - (2 * ((y * y) + (z * z))), 2 * ((x * y) - (w * z)), 2 * ((x * z) + (w * y)));
        (rotation[3], rotation[4], rotation[5]) = (2 * ((x * y) + (w * z)), 1 - (2 * ((x * x) + (z * z))), 2 * ((y * z) - (w * x)));
        (rotation[6], rotation[7], rotation[8]) = (2 * ((x * z) - (w * y)), 2 * ((y * z) + (w * x)), 1 - (2 * ((x * x) + (y * y))));
    }

    /// <summary>An attitude turned on by axis times angle (rad) in its own axes, as <see cref="Turn"/> gives it; of length 1.</summary>
    public static void Turned(ReadOnlySpan<double> from, double x, double y, double z, Span<double> to)
    {
        var angle = Math.Sqrt((x * x) + (y * y) + (z * z));
        var scale = angle < 1e-12 ? 0.5 : Math.Sin(angle / 2) / angle;
        var (w, a, b, c) = (Math.Cos(angle / 2), scale * x, scale * y, scale * z);
        var (p, q, r, s) = (from[0], from[1], from[2], from[3]);
        (to[0], to[1]) = ((p * w) - (q * a) - (r * b) - (s * c), (p * a) + (q * w) + (r * c) - (s * b));
        (to[2], to[3]) = ((p * b) - (q * c) + (r * w) + (s * a), (p * c) + (q * b) - (r * a) + (s * w));
        var norm = Math.Sqrt((to[0] * to[0]) + (to[1] * to[1]) + (to[2] * to[2]) + (to[3] * to[3]));
        for (var i = 0; i < 4; i++)
            to[i] /= norm;
    }
}
