using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// The part of a body that moves its keypoints and its paws: forward kinematics and site Jacobians over those bodies and
/// joints alone (no tail or jaw), to the same numbers as MuJoCo's own.
/// </summary>
/// <remarks>
/// Sites are kept in the order of their bodies. MuJoCo numbers bodies depth first, so the sites that one degree of
/// freedom moves are a run [<see cref="SiteStart"/>, <see cref="SiteEnd"/>): Jacobians are stored by degree of freedom
/// and only that run is ever touched. All lengths scale as one, so that an animal's size can be fitted without
/// compiling its body anew.
/// </remarks>
internal sealed class KinematicTree
{
    private const int GeneralAxis = 3;

    private readonly int _bodies;
    private readonly int[] _ids;
    private readonly int[] _parent;
    private readonly double[] _unitPosition;
    private readonly double[] _position;
    private readonly double[] _rotation;
    private readonly bool[] _turned;
    private readonly int[] _jointStart;
    private readonly double[] _unitAnchor;
    private readonly double[] _anchor;
    private readonly double[] _axis;
    private readonly int[] _axisKind;
    private readonly double[] _reference;
    private readonly int[] _siteBody;
    private readonly double[] _worldPosition;
    private readonly double[] _worldRotation;
    private readonly double[] _worldAnchor;
    private readonly double[] _worldAxis;

    public KinematicTree(BodyModel body)
    {
        var model = body.Model;
        var parents = model.Ints("body_parentid");
        var siteBodies = model.Ints("site_bodyid");
        Body = body;
        SiteCount = body.Layout.Count;

        var kept = new SortedSet<int>();
        for (var k = 0; k < SiteCount; k++)
        {
            var at = siteBodies[body.KeypointSites[k]];
            for (; at > 0 && at != body.RootBody; at = parents[at])
                kept.Add(at);
            if (at == 0)
                throw ClosedLoopException.Usage(
                    $"the keypoint '{body.Layout.Names[k]}' of the body {body.Description.Name} is attached to '{model.Name(ObjectType.Body, siteBodies[body.KeypointSites[k]])}', which does not move with the body's free joint");
        }
        Paws = PawGeoms.Of(body);
        foreach (var geom in Paws.SelectMany(paw => paw.Geoms))
            for (var at = model.Ints("geom_bodyid")[geom]; at != body.RootBody; at = parents[at])
                kept.Add(at);
        int[] ids = [body.RootBody, .. kept.Where(id => id != body.RootBody)];
        _bodies = ids.Length;
        _ids = ids;
        _parent = [.. ids.Select(id => Array.IndexOf(ids, parents[id]))];
        _unitPosition = [.. ids.SelectMany(id => model.Doubles("body_pos").Row(id).ToArray())];
        _position = [.. _unitPosition];
        _rotation = [.. ids.SelectMany(id => Matrix(model.Doubles("body_quat").Row(id)))];
        _turned = [.. Enumerable.Range(0, _bodies).Select(b => !_rotation.AsSpan(9 * b, 9).SequenceEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]))];

        // Hinges in the order of their bodies; MuJoCo keeps a body's joints together and in order.
        var jointBodies = model.Ints("jnt_bodyid");
        var joints = new List<int>();
        _jointStart = new int[_bodies + 1];
        for (var b = 0; b < _bodies; b++)
        {
            _jointStart[b] = joints.Count;
            if (b > 0)
                joints.AddRange(Enumerable.Range(0, model.JointCount).Where(j => jointBodies[j] == ids[b]));
        }
        _jointStart[_bodies] = joints.Count;
        var hinges = joints.Count;
        DofCount = 6 + hinges;
        _unitAnchor = [.. joints.SelectMany(j => model.Doubles("jnt_pos").Row(j).ToArray())];
        _anchor = [.. _unitAnchor];
        _axis = [.. joints.SelectMany(j => model.Doubles("jnt_axis").Row(j).ToArray())];
        _axisKind = [.. Enumerable.Range(0, hinges).Select(h => KindOf(_axis.AsSpan(3 * h, 3)))];
        QposIndex = [-1, -1, -1, -1, -1, -1, .. joints.Select(j => model.Ints("jnt_qposadr")[j])];
        ModelDof = [0, 1, 2, 3, 4, 5, .. joints.Select(j => model.Ints("jnt_dofadr")[j])];
        _reference = [.. joints.Select(j => model.Doubles("qpos0")[model.Ints("jnt_qposadr")[j]])];

        Keypoint = [.. Enumerable.Range(0, SiteCount).OrderBy(k => siteBodies[body.KeypointSites[k]]).ThenBy(k => k)];
        _siteBody = [.. Keypoint.Select(k => Array.IndexOf(ids, siteBodies[body.KeypointSites[k]]))];
        UnitOffsets = [.. Keypoint.SelectMany(k => body.Offset(k).ToArray())];
        Offsets = [.. UnitOffsets];

        _worldPosition = new double[3 * _bodies];
        _worldRotation = new double[9 * _bodies];
        _worldAnchor = new double[3 * hinges];
        _worldAxis = new double[3 * hinges];
        Sites = new double[3 * SiteCount];
        DofParent = new int[DofCount];
        MapDofs();
        (SiteStart, SiteEnd) = RunsOf(_siteBody);
        (Lower, Upper) = ([.. ModelDof.Select(d => body.HingeRanges[d].Lower)], [.. ModelDof.Select(d => body.HingeRanges[d].Upper)]);
    }

    /// <summary>The body whose kinematics these are.</summary>
    public BodyModel Body { get; }

    /// <summary>The body's paws.</summary>
    public PawGeoms[] Paws { get; }

    /// <summary>Number of keypoint sites.</summary>
    public int SiteCount { get; }

    /// <summary>Number of degrees of freedom that move a site or a paw: 3 of the root's translation (world), 3 of its rotation (its own frame), hinges.</summary>
    public int DofCount { get; }

    /// <summary>Size relative to the compiled body.</summary>
    public double Scale { get; private set; } = 1;

    /// <summary>The keypoint of each site.</summary>
    public int[] Keypoint { get; }

    /// <summary>Offsets of the sites in their bodies' frames as compiled, metres.</summary>
    public double[] UnitOffsets { get; }

    /// <summary>Offsets of the sites in their bodies' frames, metres, at the present scale; may be written.</summary>
    public double[] Offsets { get; }

    /// <summary>World positions of the sites after <see cref="Update"/>, metres.</summary>
    public double[] Sites { get; }

    /// <summary>Place in qpos of each hinge's angle; -1 for the root's degrees of freedom.</summary>
    public int[] QposIndex { get; }

    /// <summary>Number of each degree of freedom in the model.</summary>
    public int[] ModelDof { get; }

    /// <summary>The next degree of freedom toward the root; -1 at its end.</summary>
    public int[] DofParent { get; }

    /// <summary>First site that each degree of freedom moves.</summary>
    public int[] SiteStart { get; }

    /// <summary>End (exclusive) of the sites that each degree of freedom moves.</summary>
    public int[] SiteEnd { get; }

    /// <summary>Lower limits, radians.</summary>
    public double[] Lower { get; }

    /// <summary>Upper limits, radians.</summary>
    public double[] Upper { get; }

    /// <summary>World rotation of the body that a site sits on, row-major.</summary>
    public ReadOnlySpan<double> SiteRotation(int site) => _worldRotation.AsSpan(9 * _siteBody[site], 9);

    /// <summary>World position of the body that a site sits on.</summary>
    public ReadOnlySpan<double> SiteBodyPosition(int site) => _worldPosition.AsSpan(3 * _siteBody[site], 3);

    /// <summary>Place of one of the model's bodies in this tree.</summary>
    public int BodyIndex(int id) => Array.IndexOf(_ids, id);

    /// <summary>World rotation of a body of this tree, row-major.</summary>
    public ReadOnlySpan<double> BodyRotation(int body) => _worldRotation.AsSpan(9 * body, 9);

    /// <summary>World position of a body of this tree.</summary>
    public ReadOnlySpan<double> BodyPosition(int body) => _worldPosition.AsSpan(3 * body, 3);

    /// <summary>Sets the size; <see cref="Offsets"/> are left as they are.</summary>
    public void SetScale(double scale)
    {
        Scale = scale;
        for (var i = 0; i < _position.Length; i++)
            _position[i] = scale * _unitPosition[i];
        for (var i = 0; i < _anchor.Length; i++)
            _anchor[i] = scale * _unitAnchor[i];
    }

    /// <summary>Computes bodies and <see cref="Sites"/> from a model's qpos (the order of operations is that of mj_kinematics).</summary>
    public void Update(ReadOnlySpan<double> qpos)
    {
        var x = _worldPosition.AsSpan();
        var r = _worldRotation.AsSpan();
        qpos[..3].CopyTo(x);
        Matrix(qpos.Slice(3, 4), r);
        for (var b = 1; b < _bodies; b++)
        {
            var xb = x.Slice(3 * b, 3);
            var rb = r.Slice(9 * b, 9);
            var rp = r.Slice(9 * _parent[b], 9);
            Transform(rp, _position.AsSpan(3 * b, 3), x.Slice(3 * _parent[b], 3), xb);
            if (_turned[b])
                Multiply(rp, _rotation.AsSpan(9 * b, 9), rb);
            else
                rp.CopyTo(rb);
            for (var h = _jointStart[b]; h < _jointStart[b + 1]; h++)
            {
                var anchor = _worldAnchor.AsSpan(3 * h, 3);
                var axis = _worldAxis.AsSpan(3 * h, 3);
                Transform(rb, _anchor.AsSpan(3 * h, 3), xb, anchor);
                Transform(rb, _axis.AsSpan(3 * h, 3), default, axis);
                Turn(rb, h, qpos[QposIndex[6 + h]] - _reference[h]);
                Transform(rb, _anchor.AsSpan(3 * h, 3), default, xb);
                (xb[0], xb[1], xb[2]) = (anchor[0] - xb[0], anchor[1] - xb[1], anchor[2] - xb[2]);
            }
        }
        for (var s = 0; s < SiteCount; s++)
            Transform(r.Slice(9 * _siteBody[s], 9), Offsets.AsSpan(3 * s, 3), x.Slice(3 * _siteBody[s], 3), Sites.AsSpan(3 * s, 3));
    }

    /// <summary>
    /// Writes the Jacobian of the site positions after <see cref="Update"/>: row d holds the 3 * <see cref="SiteCount"/>
    /// derivatives with respect to degree of freedom d, each site's multiplied by its entry of <paramref name="weights"/>.
    /// Only the run of sites that d moves is written.
    /// </summary>
    public void Jacobian(ReadOnlySpan<double> weights, Span<double> rows, int stride)
    {
        for (var d = 0; d < DofCount; d++)
        {
            var row = rows.Slice(d * stride, stride);
            if (d < 3)
            {
                for (var s = 0; s < SiteCount; s++)
                {
                    row.Slice(3 * s, 3).Clear();
                    row[(3 * s) + d] = weights[s];
                }
                continue;
            }
            var (ax, ay, az, px, py, pz) = Hinge(d);
            for (var s = SiteStart[d]; s < SiteEnd[d]; s++)
            {
                var w = weights[s];
                var (dx, dy, dz) = (Sites[3 * s] - px, Sites[(3 * s) + 1] - py, Sites[(3 * s) + 2] - pz);
                row[3 * s] = w * ((ay * dz) - (az * dy));
                row[(3 * s) + 1] = w * ((az * dx) - (ax * dz));
                row[(3 * s) + 2] = w * ((ax * dy) - (ay * dx));
            }
        }
    }

    /// <summary>Derivative with respect to a degree of freedom of the height of a point that it moves.</summary>
    public double HeightDerivative(int dof, ReadOnlySpan<double> point)
    {
        if (dof < 3)
            return dof == 2 ? 1 : 0;
        var (ax, ay, _, px, py, _) = Hinge(dof);
        return (ax * (point[1] - py)) - (ay * (point[0] - px));
    }

    /// <summary>
    /// For things that sit on bodies of this tree, in the order of their bodies: the run [start, end) of those that each
    /// degree of freedom moves.
    /// </summary>
    public (int[] Start, int[] End) RunsOf(ReadOnlySpan<int> bodies)
    {
        var (starts, ends) = (new int[DofCount], new int[DofCount]);
        ends.AsSpan(0, 6).Fill(bodies.Length);
        for (var b = 1; b < _bodies; b++)
        {
            var first = -1;
            var end = 0;
            for (var s = 0; s < bodies.Length; s++)
            {
                var at = bodies[s];
                while (at > b)
                    at = _parent[at];
                if (at != b)
                    continue;
                first = first < 0 ? s : first;
                end = s + 1;
            }
            for (var h = _jointStart[b]; h < _jointStart[b + 1]; h++)
                (starts[6 + h], ends[6 + h]) = (Math.Max(first, 0), end);
        }
        return (starts, ends);
    }

    /// <summary>Axis and anchor in the world of a degree of freedom that turns.</summary>
    private (double Ax, double Ay, double Az, double Px, double Py, double Pz) Hinge(int dof)
    {
        if (dof < 6)
            return (_worldRotation[dof - 3], _worldRotation[dof], _worldRotation[dof + 3], _worldPosition[0], _worldPosition[1], _worldPosition[2]);
        var h = 3 * (dof - 6);
        return (_worldAxis[h], _worldAxis[h + 1], _worldAxis[h + 2], _worldAnchor[h], _worldAnchor[h + 1], _worldAnchor[h + 2]);
    }

    private void MapDofs()
    {
        var lastDof = new int[_bodies];
        DofParent[0] = -1;
        for (var d = 1; d < 6; d++)
            DofParent[d] = d - 1;
        lastDof[0] = 5;
        for (var b = 1; b < _bodies; b++)
        {
            lastDof[b] = lastDof[_parent[b]];
            for (var h = _jointStart[b]; h < _jointStart[b + 1]; h++)
            {
                DofParent[6 + h] = lastDof[b];
                lastDof[b] = 6 + h;
            }
        }
    }

    /// <summary>Turns a rotation matrix by a hinge on its right side.</summary>
    private void Turn(Span<double> r, int hinge, double angle)
    {
        var (sin, cos) = Math.SinCos(angle);
        var kind = _axisKind[hinge];
        if (kind != GeneralAxis)
        {
            // About a coordinate axis only the two other columns mix.
            if (_axis[(3 * hinge) + kind] < 0)
                sin = -sin;
            var (i, j) = ((kind + 1) % 3, (kind + 2) % 3);
            for (var row = 0; row < 9; row += 3)
                (r[row + i], r[row + j]) = ((cos * r[row + i]) + (sin * r[row + j]), (cos * r[row + j]) - (sin * r[row + i]));
            return;
        }
        var (x, y, z) = (_axis[3 * hinge], _axis[(3 * hinge) + 1], _axis[(3 * hinge) + 2]);
        var t = 1 - cos;
        Span<double> rodrigues =
        [
            cos + (t * x * x), (t * x * y) - (sin * z), (t * x * z) + (sin * y),
            (t * x * y) + (sin * z), cos + (t * y * y), (t * y * z) - (sin * x),
            (t * x * z) - (sin * y), (t * y * z) + (sin * x), cos + (t * z * z),
        ];
        Span<double> old = stackalloc double[9];
        r.CopyTo(old);
        Multiply(old, rodrigues, r);
    }

    private static int KindOf(ReadOnlySpan<double> axis)
    {
        for (var k = 0; k < 3; k++)
            if (Math.Abs(axis[k]) == 1 && axis[(k + 1) % 3] == 0 && axis[(k + 2) % 3] == 0)
                return k;
        return GeneralAxis;
    }

    private static void Transform(ReadOnlySpan<double> r, ReadOnlySpan<double> v, ReadOnlySpan<double> add, Span<double> result)
    {
        var (x, y, z) = (v[0], v[1], v[2]);
        var (a, b, c) = add.Length == 0 ? (0.0, 0.0, 0.0) : (add[0], add[1], add[2]);
        result[0] = a + (r[0] * x) + (r[1] * y) + (r[2] * z);
        result[1] = b + (r[3] * x) + (r[4] * y) + (r[5] * z);
        result[2] = c + (r[6] * x) + (r[7] * y) + (r[8] * z);
    }

    private static void Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> result)
    {
        for (var i = 0; i < 9; i += 3)
            for (var j = 0; j < 3; j++)
                result[i + j] = (a[i] * b[j]) + (a[i + 1] * b[j + 3]) + (a[i + 2] * b[j + 6]);
    }

    internal static double[] Matrix(ReadOnlySpan<double> quaternion)
    {
        var matrix = new double[9];
        Matrix(quaternion, matrix);
        return matrix;
    }

    private static void Matrix(ReadOnlySpan<double> quaternion, Span<double> r)
    {
        var (w, x, y, z) = (quaternion[0], quaternion[1], quaternion[2], quaternion[3]);
        var n = 2 / ((w * w) + (x * x) + (y * y) + (z * z));
        r[0] = 1 - (n * ((y * y) + (z * z)));
        r[1] = n * ((x * y) - (w * z));
        r[2] = n * ((x * z) + (w * y));
        r[3] = n * ((x * y) + (w * z));
        r[4] = 1 - (n * ((x * x) + (z * z)));
        r[5] = n * ((y * z) - (w * x));
        r[6] = n * ((x * z) - (w * y));
        r[7] = n * ((y * z) + (w * x));
        r[8] = 1 - (n * ((x * x) + (y * y)));
    }
}
