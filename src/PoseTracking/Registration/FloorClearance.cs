using ClosedLoop.Physics;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Bends what no keypoint shows (tail, jaw) just as far as needed for it to stay above the floor. At rest a rat's tail
/// hangs down, through the floor wherever the hips are low, and physics that begins from such a pose throws the body.
/// </summary>
/// <remarks>
/// Each part that hangs on an observed body is bent by one number s >= 0: hinge h goes to rest + s w_h, inside its limits.
/// Joints of one tendon have w ~ c / k, as physics shares its bend among them (<see cref="TendonShares"/>), so that the
/// servo holds what is asked for here; other joints have w = 1. The least s is taken that lifts every geom that could touch
/// the floor off it, or the one that comes nearest where none does: the pose alone decides, and follows it continuously.
/// Only heights are computed, from the vertical as seen from each link. Nothing is allocated by <see cref="Lift"/>.
/// </remarks>
internal sealed class FloorClearance
{
    private const int HingeJoint = 3;
    private const int GridSteps = 16;
    private const int Halvings = 14;
    // Hinges that hardly raise what they move (a tail's sideways bends) are left as they are.
    private const double LeastRise = 0.5;
    // NB: joints with less of a tendon's bend than this share do not decide how far it is bent.
    private const double LeastShare = 0.05;

    private readonly KinematicTree _tree;
    private readonly Part[] _parts;

    /// <summary>Finds the parts of a body that are to be lifted; bodies whose tails touch nothing have none.</summary>
    /// <param name="tree">The observed bodies.</param>
    /// <param name="rest">The pose at rest, the body upright.</param>
    public FloorClearance(KinematicTree tree, ReadOnlySpan<double> rest)
    {
        _tree = tree;
        var model = tree.Body.Model;
        var touches = PawGeoms.TouchingFloor(model);
        var (parents, geomBodies) = (model.Ints("body_parentid"), model.Ints("geom_bodyid"));
        // Bodies outside the tree by the body inside it that they hang on, and the first one out.
        var hanging = new SortedDictionary<int, List<int>>();
        for (var id = tree.Body.RootBody + 1; id < parents.Rows; id++)
        {
            var first = -1;
            var at = id;
            for (; at > 0 && tree.BodyIndex(at) < 0; at = parents[at])
                first = at;
            if (at == 0 || first < 0)
                continue;
            if (!hanging.TryGetValue(first, out var bodies))
                hanging[first] = bodies = [];
            bodies.Add(id);
        }
        using var data = new MujocoData(model);
        rest.CopyTo(data.Qpos.Span);
        data.Kinematics();
        var shares = Shares(model);
        var parts = new List<Part>();
        foreach (var bodies in hanging.Values)
        {
            var geoms = Enumerable.Range(0, touches.Length).Where(g => touches[g] && bodies.Contains(geomBodies[g])).ToArray();
            var part = new Part(tree, data, rest, bodies, geoms, shares);
            if (geoms.Length > 0 && part.HingeCount > 0)
                parts.Add(part);
        }
        _parts = [.. parts];
    }

    /// <summary>Places in qpos of the angles that are set.</summary>
    public IEnumerable<int> QposIndices => _parts.SelectMany(part => part.QposIndices);

    /// <summary>Sets the angles of the hanging parts for a pose whose floor is at height 0.</summary>
    public void Lift(Span<double> qpos)
    {
        if (_parts.Length == 0)
            return;
        _tree.Update(qpos);
        foreach (var part in _parts)
            part.Lift(qpos);
    }

    /// <summary>What each joint takes of its tendon's bend, relative to the most that one takes; 1 for those of no tendon.</summary>
    private static double[] Shares(MujocoModel model)
    {
        var shares = new double[model.JointCount];
        Array.Fill(shares, 1);
        foreach (var tendon in TendonShares.Pulled(model))
        {
            var taken = tendon.Select(p => p.Coefficient / (tendon.All(other => other.Stiffness > 0) ? p.Stiffness : 1)).ToArray();
            var most = taken.Max(Math.Abs);
            for (var i = 0; i < taken.Length; i++)
                shares[tendon[i].Joint] = Math.Abs(taken[i]) / most;
        }
        return shares;
    }

    /// <summary>One part: links between the hinges that are set, each rigid, and the geoms on them.</summary>
    private sealed class Part
    {
        private readonly KinematicTree _tree;
        private readonly int _base;
        private readonly List<Link> _links = [];
        private readonly Geom[] _geoms;
        private readonly double _largest;
        // The vertical in each link's frame, and the height of its origin; the body that all hangs on comes first.
        private readonly double[] _up;
        private readonly double[] _height;

        public Part(KinematicTree tree, MujocoData data, ReadOnlySpan<double> rest, List<int> bodies, int[] geoms, double[] shares)
        {
            _tree = tree;
            var model = tree.Body.Model;
            var parents = model.Ints("body_parentid");
            var (jointBodies, dofs) = (model.Ints("jnt_bodyid"), model.Ints("jnt_dofadr"));
            var hung = parents[bodies[0]];
            _base = tree.BodyIndex(hung);
            var at = new Dictionary<int, (int Link, double[] R, double[] P)> { [hung] = (0, Identity(), new double[3]) };
            foreach (var body in bodies)
            {
                var (link, r, p) = at[parents[body]];
                p = Add(p, Times(r, model.Doubles("body_pos").Row(body)));
                r = Product(r, KinematicTree.Matrix(model.Doubles("body_quat").Row(body)));
                for (var j = 0; j < model.JointCount; j++)
                {
                    if (jointBodies[j] != body || model.Ints("jnt_type")[j] != HingeJoint)
                        continue;
                    double[] anchor = [.. model.Doubles("jnt_pos").Row(j)];
                    double[] axis = [.. model.Doubles("jnt_axis").Row(j)];
                    var index = model.Ints("jnt_qposadr")[j];
                    var reference = model.Doubles("qpos0")[index];
                    var rise = Rise(data, j, [.. geoms.Where(g => Under(model.Ints("geom_bodyid")[g], body, parents))]);
                    if (Math.Abs(rise) > LeastRise && shares[j] > 0)
                    {
                        var (lower, upper) = tree.Body.HingeRanges[dofs[j]];
                        _links.Add(new(link, r, p, axis, anchor, index, reference, rest[index], Math.Sign(rise) * shares[j], lower, upper));
                        (link, r, p) = (_links.Count, Identity(), new double[3]);
                        continue;
                    }
                    var before = Add(p, Times(r, anchor));
                    r = Product(r, Rotation(axis, rest[index] - reference));
                    p = Add(before, Times(r, [-anchor[0], -anchor[1], -anchor[2]]));
                }
                at[body] = (link, r, p);
            }
            _geoms = [.. geoms.Select(g =>
            {
                var (link, r, p) = at[model.Ints("geom_bodyid")[g]];
                return new Geom(
                    link, Product(r, KinematicTree.Matrix(model.Doubles("geom_quat").Row(g))), Add(p, Times(r, model.Doubles("geom_pos").Row(g))),
                    model.Ints("geom_type")[g], PawContacts.SizeOf(model, g));
            })];
            _largest = _links.Where(l => Math.Abs(l.Share) >= LeastShare)
                .Select(l => ((l.Share > 0 ? l.Upper - l.Rest : l.Rest - l.Lower) / Math.Abs(l.Share)))
                .Select(s => Math.Min(s, Math.PI / LeastShare)).DefaultIfEmpty(0).Max();
            _up = new double[3 * (_links.Count + 1)];
            _height = new double[_links.Count + 1];
        }

        public int HingeCount => _links.Count;

        public IEnumerable<int> QposIndices => _links.Select(l => l.QposIndex);

        public void Lift(Span<double> qpos)
        {
            _tree.BodyRotation(_base).Slice(6, 3).CopyTo(_up);
            _height[0] = _tree.BodyPosition(_base)[2];
            var s = Least();
            foreach (var link in _links)
                qpos[link.QposIndex] = link.Angle(s);
        }

        /// <summary>The least bend that keeps everything above the floor, or the one that comes nearest to it.</summary>
        private double Least()
        {
            var (best, highest) = (0.0, Lowest(0));
            if (highest >= 0)
                return 0;
            var below = 0.0;
            for (var i = 1; i <= GridSteps; i++)
            {
                // Finer where less is needed.
                var s = _largest * i * i / (GridSteps * GridSteps);
                var height = Lowest(s);
                if (height >= 0)
                    return Bisect(below, s);
                if (height > highest)
                    (best, highest) = (s, height);
                below = s;
            }
            return best;
        }

        private double Bisect(double below, double above)
        {
            for (var i = 0; i < Halvings; i++)
            {
                var middle = (below + above) / 2;
                if (Lowest(middle) >= 0)
                    above = middle;
                else
                    below = middle;
            }
            return above;
        }

        /// <summary>Height of the lowest point of all geoms for a bend.</summary>
        private double Lowest(double s)
        {
            for (var i = 0; i < _links.Count; i++)
            {
                var link = _links[i];
                var from = _up.AsSpan(3 * link.Parent, 3);
                var up = _up.AsSpan(3 * (i + 1), 3);
                Seen(link.R, from, up);
                var height = _height[link.Parent] + Dot(from, link.P) + Dot(up, link.Anchor);
                Turn(up, link.Axis, link.Reference - link.Angle(s));
                _height[i + 1] = height - Dot(up, link.Anchor);
            }
            Span<double> down = stackalloc double[3];
            Span<double> point = stackalloc double[3];
            var lowest = double.PositiveInfinity;
            foreach (var geom in _geoms)
            {
                var up = _up.AsSpan(3 * geom.Link, 3);
                Seen(geom.R, up, down);
                (down[0], down[1], down[2]) = (-down[0], -down[1], -down[2]);
                PawContacts.Lowest(geom.Type, geom.Size, down, point);
                lowest = Math.Min(lowest, _height[geom.Link] + Dot(up, geom.P) - Dot(down, point));
            }
            return lowest;
        }
    }

    /// <summary>A rigid piece behind one hinge: where it sits on the link before (rotation, position), and its hinge.</summary>
    private sealed record Link(
        int Parent, double[] R, double[] P, double[] Axis, double[] Anchor, int QposIndex, double Reference, double Rest, double Share, double Lower, double Upper)
    {
        public double Angle(double s) => Math.Clamp(Rest + (s * Share), Lower, Upper);
    }

    private sealed record Geom(int Link, double[] R, double[] P, int Type, double[] Size);

    /// <summary>By how much of its path the furthest geom that a hinge moves rises as the hinge turns, -1 to 1.</summary>
    private static double Rise(MujocoData data, int joint, int[] geoms)
    {
        var axis = data.Doubles("xaxis").Row(joint);
        var anchor = data.Doubles("xanchor").Row(joint);
        var (furthest, rise) = (0.0, 0.0);
        foreach (var geom in geoms)
        {
            var x = data.Doubles("geom_xpos").Row(geom);
            var (dx, dy, dz) = (x[0] - anchor[0], x[1] - anchor[1], x[2] - anchor[2]);
            var distance = Math.Sqrt((dx * dx) + (dy * dy) + (dz * dz));
            if (distance > furthest)
                (furthest, rise) = (distance, ((axis[0] * dy) - (axis[1] * dx)) / distance);
        }
        return rise;
    }

    private static bool Under(int id, int ancestor, NativeArray<int> parents)
    {
        while (id > ancestor)
            id = parents[id];
        return id == ancestor;
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => (a[0] * b[0]) + (a[1] * b[1]) + (a[2] * b[2]);

    private static double[] Identity() => [1, 0, 0, 0, 1, 0, 0, 0, 1];

    private static double[] Add(double[] a, double[] b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

    private static double[] Times(ReadOnlySpan<double> r, ReadOnlySpan<double> v) => [Dot(r[..3], v), Dot(r[3..6], v), Dot(r[6..9], v)];

    private static double[] Product(double[] a, double[] b) =>
        [.. Enumerable.Range(0, 9).Select(i => (a[i / 3 * 3] * b[i % 3]) + (a[(i / 3 * 3) + 1] * b[3 + (i % 3)]) + (a[(i / 3 * 3) + 2] * b[6 + (i % 3)]))];

    /// <summary>The matrix of a turn about a unit axis: its columns are the turned unit vectors.</summary>
    private static double[] Rotation(double[] axis, double angle)
    {
        var matrix = new double[9];
        Span<double> column = stackalloc double[3];
        for (var i = 0; i < 3; i++)
        {
            column.Clear();
            column[i] = 1;
            Turn(column, axis, angle);
            (matrix[i], matrix[3 + i], matrix[6 + i]) = (column[0], column[1], column[2]);
        }
        return matrix;
    }

    /// <summary>A direction as seen from a frame: the transpose of its rotation times the direction.</summary>
    private static void Seen(ReadOnlySpan<double> r, ReadOnlySpan<double> v, Span<double> result)
    {
        for (var i = 0; i < 3; i++)
            result[i] = (r[i] * v[0]) + (r[3 + i] * v[1]) + (r[6 + i] * v[2]);
    }

    /// <summary>Turns a vector about a unit axis (Rodrigues).</summary>
    private static void Turn(Span<double> v, ReadOnlySpan<double> axis, double angle)
    {
        var (sin, cos) = Math.SinCos(angle);
        var along = (1 - cos) * Dot(axis, v);
        var (x, y, z) = (v[0], v[1], v[2]);
        v[0] = (cos * x) + (sin * ((axis[1] * z) - (axis[2] * y))) + (along * axis[0]);
        v[1] = (cos * y) + (sin * ((axis[2] * x) - (axis[0] * z))) + (along * axis[1]);
        v[2] = (cos * z) + (sin * ((axis[0] * y) - (axis[1] * x))) + (along * axis[2]);
    }
}
