using ClosedLoop.Physics;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// How a tendon's bend is shared among its joints. One actuator pulls on all of them: what a joint takes follows from
/// its own passive stiffness k and its part c in the tendon's length, q ~ c / k, and nothing the animal's twin can do
/// holds them otherwise. Keypoints show the whole bend of a back well and its shares badly, so that a solve left to
/// itself puts a twist here and its opposite there, and physics lets go of both at once.
/// </summary>
/// <remarks>
/// What is not shared so costs E = sum k q^2 - (sum c q)^2 / sum (c^2 / k), the elastic energy above the least that the
/// same bend needs, with angles counted from rest and stiffnesses relative to their mean in the tendon. It leaves the bend
/// itself free.
/// </remarks>
internal sealed class TendonShares
{
    private readonly int[] _row;
    private readonly int[] _column;
    private readonly double[] _value;

    /// <summary>Reads the tendons that actuators pull on, as far as all their joints lie in one chain of the tree.</summary>
    public TendonShares(KinematicTree tree)
    {
        var model = tree.Body.Model;
        var (row, column, value) = (new List<int>(), new List<int>(), new List<double>());
        foreach (var tendon in Pulled(model))
        {
            var parts = tendon.Select(p => (
                Dof: Array.IndexOf(tree.ModelDof, model.Ints("jnt_dofadr")[p.Joint]), p.Coefficient, p.Stiffness)).OrderBy(p => p.Dof).ToArray();
            if (parts.Length < 2 || parts.Any(p => p.Dof < 6) || !InOneChain(tree, [.. parts.Select(p => p.Dof)]))
                continue;
            var mean = parts.Average(p => p.Stiffness);
            // Joints without springs share by their parts in the tendon alone.
            var k = parts.Select(p => parts.All(other => other.Stiffness > 0) ? p.Stiffness / mean : 1).ToArray();
            var sum = Enumerable.Range(0, k.Length).Sum(i => parts[i].Coefficient * parts[i].Coefficient / k[i]);
            for (var i = 0; i < k.Length; i++)
                for (var j = 0; j <= i; j++)
                {
                    row.Add(parts[i].Dof);
                    column.Add(parts[j].Dof);
                    value.Add((i == j ? k[i] : 0) - (parts[i].Coefficient * parts[j].Coefficient / sum));
                }
        }
        (_row, _column, _value) = ([.. row], [.. column], [.. value]);
    }

    /// <summary>The tendons over joints that actuators pull on: each one's joints, their parts in its length, and their stiffnesses.</summary>
    internal static IEnumerable<(int Joint, double Coefficient, double Stiffness)[]> Pulled(MujocoModel model)
    {
        const int TendonTransmission = 3;
        const int JointWrap = 1;
        return Enumerable.Range(0, model.Nu)
            .Where(a => model.Ints("actuator_trntype")[a] == TendonTransmission)
            .Select(a => model.Ints("actuator_trnid").Row(a)[0]).Distinct()
            .Select(tendon => Enumerable.Range(model.Ints("tendon_adr")[tendon], model.Ints("tendon_num")[tendon]))
            .Where(wraps => wraps.All(w => model.Ints("wrap_type")[w] == JointWrap))
            .Select(wraps => wraps.Select(w => (
                model.Ints("wrap_objid")[w], model.Doubles("wrap_prm")[w], model.Doubles("jnt_stiffness")[model.Ints("wrap_objid")[w]])).ToArray());
    }

    /// <summary>The cost of angles from rest, by degree of freedom.</summary>
    public double Cost(ReadOnlySpan<double> angles)
    {
        var cost = 0.0;
        for (var i = 0; i < _value.Length; i++)
            cost += (_row[i] == _column[i] ? 1 : 2) * _value[i] * angles[_row[i]] * angles[_column[i]];
        return cost;
    }

    /// <summary>Adds half the gradient and half the Hessian (lower triangle), times a weight.</summary>
    public void Add(double weight, ReadOnlySpan<double> angles, Span<double> gradient, Span<double> hessian)
    {
        for (var i = 0; i < _value.Length; i++)
        {
            var (r, c, v) = (_row[i], _column[i], weight * _value[i]);
            gradient[r] += v * angles[c];
            if (r != c)
                gradient[c] += v * angles[r];
            hessian[(r * gradient.Length) + c] += v;
        }
    }

    private static bool InOneChain(KinematicTree tree, int[] ascending)
    {
        for (var i = 1; i < ascending.Length; i++)
        {
            var at = ascending[i];
            while (at > ascending[i - 1])
                at = tree.DofParent[at];
            if (at != ascending[i - 1])
                return false;
        }
        return true;
    }
}
