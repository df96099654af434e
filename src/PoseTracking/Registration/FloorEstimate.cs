using ClosedLoop.Physics;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Finds the floor from the fitted body: where the lowest points of its paws are while they stand. NB: the markers'
/// own heights do not tell it, since a marker sits some way into or above the paw, and that way differs by body.
/// </summary>
internal sealed class FloorEstimate
{
    private const double StanceSpeedMPerS = 0.1;
    private const double HighestStanceM = 0.02;
    private const int FewestStances = 5;
    private const int Plane = 0;

    private readonly BodyModel _body;
    private readonly MujocoData _data;
    private readonly int[][] _paws;

    public FloorEstimate(BodyModel body, MujocoData data)
    {
        _body = body;
        _data = data;
        _paws = PawsOf(body);
    }

    /// <summary>How many paws the body has.</summary>
    public int PawCount => _paws.Length;

    /// <summary>The lowest point of each paw in a pose: x, y, z each, metres.</summary>
    public void LowestPoints(ReadOnlySpan<double> qpos, Span<double> points)
    {
        qpos.CopyTo(_data.Qpos.Span);
        _data.Kinematics();
        Span<double> point = stackalloc double[3];
        for (var p = 0; p < _paws.Length; p++)
        {
            points[(3 * p) + 2] = double.PositiveInfinity;
            foreach (var geom in _paws[p])
            {
                Lowest(geom, point);
                if (point[2] < points[(3 * p) + 2])
                    point.CopyTo(points.Slice(3 * p, 3));
            }
        }
    }

    /// <summary>
    /// The floor's height, half the distance between the 16th and 84th percentile of the standing paws' heights about it,
    /// and how many stances there were; not a number where no paw was ever seen to stand.
    /// </summary>
    /// <remarks>
    /// Each paw has a height of its own at which it is found standing most often (the mode: a paw that rests in the air
    /// while the animal rears or grooms does so at no one height). A body never fits so well that these agree; their mean
    /// is the height at which it neither falls nor is thrown up when it is put down. Paws whose mode is far above the
    /// lowest never stood.
    /// </remarks>
    /// <param name="poses">Poses in the order of time; null where there is none.</param>
    /// <param name="periodS">Time from one to the next.</param>
    public (double HeightM, double SpreadM, int Stances) Estimate(IReadOnlyList<double[]?> poses, double periodS)
    {
        var points = poses.Select(pose =>
        {
            var at = new double[3 * _paws.Length];
            if (pose is null)
                Array.Fill(at, double.NaN);
            else
                LowestPoints(pose, at);
            return at;
        }).ToList();
        var stances = Enumerable.Range(0, _paws.Length).Select(p => Stances(points, p, periodS)).Where(h => h.Count >= FewestStances).ToList();
        if (stances.Count == 0)
            return (double.NaN, double.NaN, 0);
        var modes = stances.ConvertAll(HalfSampleMode);
        var standing = Enumerable.Range(0, modes.Count).Where(p => modes[p] < modes.Min() + HighestStanceM).ToList();
        var floor = standing.Average(p => modes[p]);
        // What is far from its paw's mode is no stance.
        var heights = standing.SelectMany(p => stances[p].Where(h => Math.Abs(h - modes[p]) < HighestStanceM / 2)).ToList();
        return (floor, SizeEstimate.Quantiles(heights).Spread, heights.Count);
    }

    /// <summary>The heights, ascending, of one paw's lowest point in those frames about which it hardly moves.</summary>
    private static List<double> Stances(List<double[]> points, int paw, double periodS)
    {
        var heights = new List<double>();
        for (var t = 1; t + 1 < points.Count; t++)
        {
            var moved = 0.0;
            for (var i = 3 * paw; i < (3 * paw) + 3; i++)
                moved += Math.Pow(points[t + 1][i] - points[t - 1][i], 2);
            if (Math.Sqrt(moved) <= StanceSpeedMPerS * 2 * periodS)
                heights.Add(points[t][(3 * paw) + 2]);
        }
        heights.Sort();
        return heights;
    }

    /// <summary>The mode of ascending values (Bickel and Frühwirth, 2006): the densest half of the densest half, and so on.</summary>
    private static double HalfSampleMode(List<double> sorted)
    {
        var (start, count) = (0, sorted.Count);
        while (count > 3)
        {
            var half = (count + 1) / 2;
            var best = start;
            for (var i = start; i + half <= start + count; i++)
                if (sorted[i + half - 1] - sorted[i] < sorted[best + half - 1] - sorted[best])
                    best = i;
            (start, count) = (best, half);
        }
        return sorted[start + (count / 2)];
    }

    /// <summary>
    /// The geoms of each paw that touch the floor: those of the outermost bodies with keypoints of one side only, and of
    /// what hangs on them.
    /// </summary>
    private static int[][] PawsOf(BodyModel body)
    {
        var model = body.Model;
        var parents = model.Ints("body_parentid");
        var mirror = body.Layout.MirrorIndices();
        var siteBodies = body.KeypointSites.Select(site => model.Ints("site_bodyid")[site]).ToArray();
        bool Under(int id, int ancestor)
        {
            for (; id > ancestor; id = parents[id])
            {
            }
            return id == ancestor;
        }

        var (types, bodies) = (model.Ints("geom_type"), model.Ints("geom_bodyid"));
        var (contype, conaffinity) = (model.Ints("geom_contype"), model.Ints("geom_conaffinity"));
        var floor = Enumerable.Range(0, types.Rows).First(g => types[g] == Plane && bodies[g] == 0);
        return [.. siteBodies.Distinct().Order()
            .Where(id => siteBodies.All(other => other == id || !Under(other, id)))
            .Where(id => Enumerable.Range(0, siteBodies.Length).All(k => siteBodies[k] != id || siteBodies[mirror[k]] != id))
            .Select(id => Enumerable.Range(0, types.Rows)
                .Where(g => Under(bodies[g], id) && ((contype[g] & conaffinity[floor]) != 0 || (contype[floor] & conaffinity[g]) != 0))
                .ToArray())
            .Where(geoms => geoms.Length > 0)];
    }

    private void Lowest(int geom, Span<double> point)
    {
        var size = _body.Model.Doubles("geom_size").Row(geom);
        var r = _data.Doubles("geom_xmat").Row(geom);
        _data.Doubles("geom_xpos").Row(geom).CopyTo(point);
        // The world's downward direction in the geom's frame.
        Span<double> down = [-r[6], -r[7], -r[8]];
        Span<double> local = stackalloc double[3];
        var below = 0.0;
        switch (_body.Model.Ints("geom_type")[geom])
        {
            case 2: // sphere
                below = size[0];
                break;
            case 3: // capsule
                local[2] = Math.Sign(down[2]) * size[1];
                below = size[0];
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
            default: // meshes and height fields: the sphere about them
                below = _body.Model.Doubles("geom_rbound")[geom];
                break;
        }
        for (var i = 0; i < 3; i++)
            point[i] += (r[3 * i] * local[0]) + (r[(3 * i) + 1] * local[1]) + (r[(3 * i) + 2] * local[2]);
        point[2] -= below;
    }
}
