namespace ClosedLoop.Physics;

/// <summary>Principal moments of homogeneous solids, and where their principal axes point.</summary>
internal static class SolidInertia
{
    /// <summary>
    /// Moments about the centre of mass for 1 kg with the lengths in metres, and the orientation (quaternion w x y z).
    /// </summary>
    public static (double[] MomentsM2, double[] Orientation) Of(SolidRow solid, double metresPerMm)
    {
        if (solid.SemiAxesMm is { } axes)
        {
            var (a, b, c) = (axes[0] * metresPerMm, axes[1] * metresPerMm, axes[2] * metresPerMm);
            return ([((b * b) + (c * c)) / 5, ((a * a) + (c * c)) / 5, ((a * a) + (b * b)) / 5], Pitch(solid.PitchDeg));
        }
        var (radius, half) = (solid.RadiusMm * metresPerMm, solid.HalfLengthMm * metresPerMm);
        // A capsule: a cylinder and two half balls, shared by volume.
        var cylinder = 2 * half * radius * radius;
        var ball = 4.0 / 3 * radius * radius * radius;
        var (wall, caps) = (cylinder / (cylinder + ball), ball / (cylinder + ball));
        var along = (wall * radius * radius / 2) + (caps * 0.4 * radius * radius);
        var across = (wall * ((radius * radius / 4) + (half * half / 3)))
            + (caps * ((0.4 * radius * radius) + (half * half) + (0.75 * half * radius)));
        return ([across, across, along], FromZ(solid.Axis));
    }

    /// <summary>A turn about y, nose-down for positive degrees.</summary>
    public static double[] Pitch(double degrees)
    {
        var half = degrees * Math.PI / 360;
        return [Math.Cos(half), 0, Math.Sin(half), 0];
    }

    /// <summary>The shortest turn that takes the z axis to <paramref name="direction"/>.</summary>
    public static double[] FromZ(double[] direction)
    {
        var length = Math.Sqrt((direction[0] * direction[0]) + (direction[1] * direction[1]) + (direction[2] * direction[2]));
        var (x, y, z) = (direction[0] / length, direction[1] / length, direction[2] / length);
        if (z < -0.999999)
            return [0, 1, 0, 0];
        var w = 1 + z;
        var norm = Math.Sqrt((w * w) + (y * y) + (x * x));
        return [w / norm, -y / norm, x / norm, 0];
    }
}
