using ClosedLoop.Physics;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// The lowest point of each geom of the paws (sole, palm, each digit), its height, and how that changes with the pose
/// and with the animal's size.
/// </summary>
/// <remarks>
/// Which point of a geom is lowest changes with the pose, but not the derivative of its height: where a smooth surface
/// is lowest it slides along itself, so the height changes as that of the material point that is lowest now. A capsule
/// that comes to lie flat would jump from one end to the other, at which no solve converges; its ends are blended within
/// <see cref="BlendM"/> of each other (a soft minimum, 0.2 mm too high at most). Contacts are kept in the order of their
/// bodies, and those that one degree of freedom moves are a run, as with sites.
/// </remarks>
internal sealed class PawContacts
{
    private const int Capsule = 3;
    private const double BlendM = 0.0003;

    private readonly KinematicTree _tree;
    private readonly int[] _body;
    private readonly int[] _type;
    private readonly double[] _position;
    private readonly double[] _rotation;
    private readonly double[] _size;

    public PawContacts(KinematicTree tree)
    {
        _tree = tree;
        var model = tree.Body.Model;
        Paws = tree.Paws;
        var geoms = Paws.SelectMany((paw, p) => paw.Geoms.Select(g => (Geom: g, Paw: p)))
            .OrderBy(c => tree.BodyIndex(model.Ints("geom_bodyid")[c.Geom])).ThenBy(c => c.Geom).ToArray();
        Count = geoms.Length;
        Paw = [.. geoms.Select(c => c.Paw)];
        _body = [.. geoms.Select(c => tree.BodyIndex(model.Ints("geom_bodyid")[c.Geom]))];
        _type = [.. geoms.Select(c => model.Ints("geom_type")[c.Geom])];
        _position = [.. geoms.SelectMany(c => model.Doubles("geom_pos").Row(c.Geom).ToArray())];
        _rotation = [.. geoms.SelectMany(c => KinematicTree.Matrix(model.Doubles("geom_quat").Row(c.Geom)))];
        _size = [.. geoms.SelectMany(c => SizeOf(model, c.Geom))];
        Points = new double[3 * Count];
        Heights = new double[Count];
        (Start, End) = tree.RunsOf(_body);
    }

    /// <summary>The paws.</summary>
    public PawGeoms[] Paws { get; }

    /// <summary>Number of contacts.</summary>
    public int Count { get; }

    /// <summary>The paw of each contact.</summary>
    public int[] Paw { get; }

    /// <summary>The points that move as the heights do, after <see cref="Update()"/>: x, y, z each, metres.</summary>
    public double[] Points { get; }

    /// <summary>First contact that each degree of freedom moves.</summary>
    public int[] Start { get; }

    /// <summary>End (exclusive) of the contacts that each degree of freedom moves.</summary>
    public int[] End { get; }

    /// <summary>Heights after <see cref="Update()"/>, metres.</summary>
    public double[] Heights { get; }

    /// <summary>Height of a paw's lowest contact, metres.</summary>
    public double PawHeight(int paw)
    {
        var lowest = double.PositiveInfinity;
        for (var c = 0; c < Count; c++)
            if (Paw[c] == paw)
                lowest = Math.Min(lowest, Heights[c]);
        return lowest;
    }

    /// <summary>Brings the tree into a pose and finds the lowest points in it.</summary>
    public void Update(ReadOnlySpan<double> qpos)
    {
        _tree.Update(qpos);
        Update();
    }

    /// <summary>Finds the lowest points in the pose that the tree was updated to last.</summary>
    public void Update()
    {
        Span<double> down = stackalloc double[3];
        Span<double> local = stackalloc double[3];
        var scale = _tree.Scale;
        for (var c = 0; c < Count; c++)
        {
            var r = _tree.BodyRotation(_body[c]);
            var g = _rotation.AsSpan(9 * c, 9);
            // The world's downward direction in the frames of the body and of the geom.
            var (dx, dy, dz) = (-r[6], -r[7], -r[8]);
            for (var i = 0; i < 3; i++)
                down[i] = (g[i] * dx) + (g[3 + i] * dy) + (g[6 + i] * dz);
            Lowest(_type[c], _size.AsSpan(3 * c, 3), down, local);
            var blended = 0.0;
            if (_type[c] == Capsule)
            {
                // -b log((exp(-h1/b) + exp(-h2/b)) / 2) of the ends' heights, and the point that moves as it does.
                var half = _size[(3 * c) + 1];
                var apart = scale * half * Math.Abs(down[2]) / BlendM;
                var share = Math.Tanh(apart);
                blended = BlendM * ((apart * (share - 1)) + Math.Log(2) - Math.Log(1 + Math.Exp(-2 * apart)));
                local[2] += Math.Sign(down[2]) * half * (share - 1);
            }
            var x = _tree.BodyPosition(_body[c]);
            var (lx, ly, lz) = (
                scale * (_position[3 * c] + (g[0] * local[0]) + (g[1] * local[1]) + (g[2] * local[2])),
                scale * (_position[(3 * c) + 1] + (g[3] * local[0]) + (g[4] * local[1]) + (g[5] * local[2])),
                scale * (_position[(3 * c) + 2] + (g[6] * local[0]) + (g[7] * local[1]) + (g[8] * local[2])));
            for (var i = 0; i < 3; i++)
                Points[(3 * c) + i] = x[i] + (r[3 * i] * lx) + (r[(3 * i) + 1] * ly) + (r[(3 * i) + 2] * lz);
            Heights[c] = Points[(3 * c) + 2] + blended;
        }
    }

    /// <summary>
    /// Writes the derivatives of the heights after <see cref="Update()"/>: row d holds those with respect to degree of
    /// freedom d, each multiplied by its entry of <paramref name="weights"/>. Only the run that d moves is written.
    /// </summary>
    public void Jacobian(ReadOnlySpan<double> weights, Span<double> rows)
    {
        for (var d = 0; d < _tree.DofCount; d++)
        {
            var row = rows.Slice(d * Count, Count);
            for (var c = Start[d]; c < End[d]; c++)
                row[c] = weights[c] * _tree.HeightDerivative(d, Points.AsSpan(3 * c, 3));
        }
    }

    /// <summary>The sizes of a geom as <see cref="Lowest"/> takes them.</summary>
    internal static double[] SizeOf(MujocoModel model, int geom) =>
        model.Ints("geom_type")[geom] is >= 2 and <= 6 ? [.. model.Doubles("geom_size").Row(geom)] : [model.Doubles("geom_rbound")[geom], 0, 0];

    /// <summary>The point of a geom furthest along a unit direction, in the geom's frame.</summary>
    internal static void Lowest(int type, ReadOnlySpan<double> size, ReadOnlySpan<double> down, Span<double> local)
    {
        local.Clear();
        switch (type)
        {
            case Capsule:
                for (var i = 0; i < 3; i++)
                    local[i] = size[0] * down[i];
                local[2] += Math.Sign(down[2]) * size[1];
                break;
            case 4: // ellipsoid
                var n = 0.0;
                for (var i = 0; i < 3; i++)
                    n += size[i] * size[i] * down[i] * down[i];
                for (var i = 0; i < 3; i++)
                    local[i] = size[i] * size[i] * down[i] / Math.Sqrt(n);
                break;
            case 5: // cylinder
                var radial = Math.Sqrt((down[0] * down[0]) + (down[1] * down[1]));
                if (radial > 1e-9)
                    (local[0], local[1]) = (size[0] * down[0] / radial, size[0] * down[1] / radial);
                local[2] = Math.Sign(down[2]) * size[1];
                break;
            case 6: // box
                for (var i = 0; i < 3; i++)
                    local[i] = Math.Sign(down[i]) * size[i];
                break;
            default: // spheres; meshes and height fields as the sphere about them
                for (var i = 0; i < 3; i++)
                    local[i] = size[0] * down[i];
                break;
        }
    }
}
