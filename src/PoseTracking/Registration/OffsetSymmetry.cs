namespace ClosedLoop.PoseTracking;

/// <summary>
/// The expectation that shifts of offsets are the same on both sides: an animal's sides are grown alike and labelled by
/// the same rule, so that a shift of one side that the other does not share, or of the midline to a side, is far more
/// likely a pose made up for by offsets (a bent back as a tail that sits sideways). Pairs are those of names that differ
/// in a final L or R, as far as the body itself is symmetric there at rest.
/// </summary>
/// <remarks>
/// Penalised is, per pair, |d_l - M d_r|^2 / 2, the squared distance of both from the nearest symmetric pair, and on the
/// midline the squared part of d to a side; M mirrors from the frame of one body to that of its counterpart.
/// </remarks>
internal sealed class OffsetSymmetry
{
    private const double MostAsymmetryM = 0.001;

    private readonly List<(int Site, int Other, double[] Jacobian, double Weight)> _terms = [];

    public OffsetSymmetry(KinematicTree tree, double[] restPose)
    {
        var upright = (double[])restPose.Clone();
        upright.AsSpan(0, 7).Clear();
        upright[3] = 1;
        tree.Update(upright);
        var mirror = tree.Body.Layout.MirrorIndices();
        for (var s = 0; s < tree.SiteCount; s++)
        {
            var other = Array.IndexOf(tree.Keypoint, mirror[tree.Keypoint[s]]);
            var x = tree.SiteBodyPosition(s);
            var y = tree.SiteBodyPosition(other);
            var apart = Math.Sqrt(Math.Pow(x[0] - y[0], 2) + Math.Pow(x[1] + y[1], 2) + Math.Pow(x[2] - y[2], 2));
            if (other < s || apart > MostAsymmetryM * tree.Scale)
                continue;
            // d_s - M d_other, M = R_s' diag(1, -1, 1) R_other.
            var jacobian = new double[9];
            var r = tree.SiteRotation(s);
            var q = tree.SiteRotation(other);
            for (var i = 0; i < 3; i++)
                for (var j = 0; j < 3; j++)
                    jacobian[(3 * i) + j] = -((r[i] * q[j]) - (r[3 + i] * q[3 + j]) + (r[6 + i] * q[6 + j]));
            if (other == s)
                for (var i = 0; i < 9; i += 4)
                    jacobian[i]++;
            // On the midline d - M d is twice the part to the side.
            _terms.Add((s, other, jacobian, other == s ? 0.25 : 0.5));
        }
    }

    /// <summary>The sum of the penalties.</summary>
    public double Cost(double[] shift)
    {
        var cost = 0.0;
        Span<double> e = stackalloc double[3];
        foreach (var term in _terms)
        {
            Difference(term, shift, e);
            cost += term.Weight * ((e[0] * e[0]) + (e[1] * e[1]) + (e[2] * e[2]));
        }
        return cost;
    }

    /// <summary>Adds half the Hessian (both triangles) and takes half the gradient off the right side; shift i is unknown <paramref name="first"/> + i.</summary>
    public void Add(double weight, double[] shift, int first, double[] matrix, double[] right)
    {
        var n = right.Length;
        Span<double> e = stackalloc double[3];
        foreach (var term in _terms)
        {
            Difference(term, shift, e);
            var (s, other, m, w) = (first + (3 * term.Site), first + (3 * term.Other), term.Jacobian, weight * term.Weight);
            for (var i = 0; i < 3; i++)
            {
                if (term.Other != term.Site)
                {
                    matrix[((s + i) * n) + s + i] += w;
                    right[s + i] -= w * e[i];
                }
                for (var j = 0; j < 3; j++)
                {
                    right[other + j] -= w * m[(3 * i) + j] * e[i];
                    for (var k = 0; k < 3; k++)
                        matrix[((other + j) * n) + other + k] += w * m[(3 * i) + j] * m[(3 * i) + k];
                    if (term.Other == term.Site)
                        continue;
                    matrix[((s + i) * n) + other + j] += w * m[(3 * i) + j];
                    matrix[((other + j) * n) + s + i] += w * m[(3 * i) + j];
                }
            }
        }
    }

    private static void Difference(in (int Site, int Other, double[] Jacobian, double Weight) term, double[] shift, Span<double> e)
    {
        var d = shift.AsSpan(3 * term.Other, 3);
        for (var i = 0; i < 3; i++)
            e[i] = (term.Other == term.Site ? 0 : shift[(3 * term.Site) + i])
                + (term.Jacobian[3 * i] * d[0]) + (term.Jacobian[(3 * i) + 1] * d[1]) + (term.Jacobian[(3 * i) + 2] * d[2]);
    }
}
