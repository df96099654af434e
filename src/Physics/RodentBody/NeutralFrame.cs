using System.Numerics;

namespace ClosedLoop.Physics;

/// <summary>Where a body is when all joints are at zero: position (mm, in the world) and orientation.</summary>
internal readonly record struct NeutralFrame(Vector3 PositionMm, Quaternion Orientation)
{
    /// <summary>A point of the body's frame in the world, mm.</summary>
    public Vector3 ToWorld(Vector3 local) => PositionMm + Vector3.Transform(local, Orientation);

    /// <summary>A direction of the body's frame in the world.</summary>
    public Vector3 Turn(Vector3 direction) => Vector3.Transform(direction, Orientation);

    /// <summary>The frames of all bodies.</summary>
    public static Dictionary<string, NeutralFrame> Of(Anatomy anatomy)
    {
        var frames = new Dictionary<string, NeutralFrame> { ["world"] = new(Vector3.Zero, Quaternion.Identity) };
        foreach (var body in MjcfWriter.DepthFirst(anatomy))
        {
            var parent = frames[body.Parent];
            var pitch = SolidInertia.Pitch(body.PitchDeg);
            frames[body.Name] = new(
                parent.ToWorld(Vector(body.PosMm)),
                parent.Orientation * new Quaternion((float)pitch[1], (float)pitch[2], (float)pitch[3], (float)pitch[0]));
        }
        return frames;
    }

    public static Vector3 Vector(double[] values) => new((float)values[0], (float)values[1], (float)values[2]);

    public static Vector3 Vector(float[] values) => new(values[0], values[1], values[2]);
}
