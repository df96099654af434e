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
}
