namespace ClosedLoop.Recording;

/// <summary>Rotations as axis times angle (Rodrigues), radians, and as matrices row by row.</summary>
internal static class RotationVector
{
    public static double[] ToMatrix(ReadOnlySpan<double> vector)
    {
        var angle = Math.Sqrt((vector[0] * vector[0]) + (vector[1] * vector[1]) + (vector[2] * vector[2]));
        if (angle < 1e-14)
            return [1, -vector[2], vector[1], vector[2], 1, -vector[0], -vector[1], vector[0], 1];
        var (x, y, z) = (vector[0] / angle, vector[1] / angle, vector[2] / angle);
        var (s, c) = Math.SinCos(angle);
        var d = 1 - c;
        return
        [
            c + (d * x * x), (d * x * y) - (s * z), (d * x * z) + (s * y),
            (d * x * y) + (s * z), c + (d * y * y), (d * y * z) - (s * x),
            (d * x * z) - (s * y), (d * y * z) + (s * x), c + (d * z * z),
        ];
    }

    public static double[] FromMatrix(double[] r)
    {
        // The unit quaternion's largest component is found first; divided by it the others lose nothing, at any angle.
        double[] squares = [1 + r[0] + r[4] + r[8], 1 + r[0] - r[4] - r[8], 1 + r[4] - r[0] - r[8], 1 + r[8] - r[0] - r[4]];
        var largest = Array.IndexOf(squares, squares.Max());
        var s = 2 * Math.Sqrt(squares[largest]);
        double[] q = largest switch
        {
            0 => [s / 4, (r[7] - r[5]) / s, (r[2] - r[6]) / s, (r[3] - r[1]) / s],
            1 => [(r[7] - r[5]) / s, s / 4, (r[1] + r[3]) / s, (r[2] + r[6]) / s],
            2 => [(r[2] - r[6]) / s, (r[1] + r[3]) / s, s / 4, (r[5] + r[7]) / s],
            _ => [(r[3] - r[1]) / s, (r[2] + r[6]) / s, (r[5] + r[7]) / s, s / 4],
        };
        var sign = q[0] < 0 ? -1 : 1;
        var sine = Math.Sqrt((q[1] * q[1]) + (q[2] * q[2]) + (q[3] * q[3]));
        var factor = sign * (sine < 1e-14 ? 2 : 2 * Math.Atan2(sine, Math.Abs(q[0])) / sine);
        return [q[1] * factor, q[2] * factor, q[3] * factor];
    }
}
