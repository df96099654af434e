namespace ClosedLoop.Simulation;

/// <summary>Angles and vectors in the plane of the floor.</summary>
internal static class Plane
{
    /// <summary>A vector turned to the left by <paramref name="angle"/> (rad).</summary>
    public static (double X, double Y) Turned(double x, double y, double angle) =>
        ((x * Math.Cos(angle)) - (y * Math.Sin(angle)), (x * Math.Sin(angle)) + (y * Math.Cos(angle)));

    /// <summary>The same angle between -pi and pi.</summary>
    public static double Wrapped(double angle) => Math.IEEERemainder(angle, 2 * Math.PI);

    /// <summary>Between <paramref name="from"/> (share 0) and <paramref name="to"/> (share 1).</summary>
    public static double Blend(double from, double to, double share) => from + (share * (to - from));
}
