using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>The height of a body's lowest part that can touch the floor, for a posture: exact for the shapes that bodies are made of.</summary>
internal sealed class LowestPoint : IDisposable
{
    private const int Sphere = 2, Capsule = 3, Ellipsoid = 4, Cylinder = 5, Box = 6;

    private readonly MujocoData _data;
    private readonly NativeArray<double> _positions, _rotations;
    private readonly (int Geom, int Type, double[] Size)[] _shapes;

    public LowestPoint(BodyModel body)
    {
        var model = body.Model;
        _data = new(model);
        (_positions, _rotations) = (_data.Doubles("geom_xpos"), _data.Doubles("geom_xmat"));
        var (types, sizes, bodies, collides) = (model.Ints("geom_type"), model.Doubles("geom_size"), model.Ints("geom_bodyid"), model.Ints("geom_contype"));
        _shapes = [.. Enumerable.Range(0, model.Size("ngeom"))
            .Where(geom => bodies[geom] > 0 && collides[geom] != 0 && !RodentParts.IsTail(model.Name(ObjectType.XBody, bodies[geom])))
            .Select(geom => (geom, types[geom], sizes.Row(geom).ToArray()))];
    }

    /// <summary>Its height over the floor, metres; negative where it is below.</summary>
    public double Of(ReadOnlySpan<double> qpos)
    {
        qpos.CopyTo(_data.Qpos.Span);
        _data.Kinematics();
        var lowest = double.PositiveInfinity;
        foreach (var (geom, type, size) in _shapes)
        {
            var down = _rotations.Row(geom)[6..9];
            var reach = type switch
            {
                Sphere => size[0],
                Capsule => size[0] + (size[1] * Math.Abs(down[2])),
                Ellipsoid => Math.Sqrt(Square(size[0] * down[0]) + Square(size[1] * down[1]) + Square(size[2] * down[2])),
                Cylinder => (size[0] * Math.Sqrt(Math.Max(0, 1 - Square(down[2])))) + (size[1] * Math.Abs(down[2])),
                Box => (size[0] * Math.Abs(down[0])) + (size[1] * Math.Abs(down[1])) + (size[2] * Math.Abs(down[2])),
                _ => 0,
            };
            lowest = Math.Min(lowest, _positions.Row(geom)[2] - reach);
        }
        return lowest;
    }

    public void Dispose() => _data.Dispose();

    private static double Square(double x) => x * x;
}
