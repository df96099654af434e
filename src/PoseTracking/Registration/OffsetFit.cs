using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// The unknowns that an animal's frames share, its size s, its offsets m_k = s m0_k + d_k and the height f of its floor,
/// and the poses of the frames they are fitted on. Minimised is, over all of them,
/// sum_t cost_t(q_t; s, m, f) + T (sum_k lambda_k |d_k|^2 + mu asymmetry(d)).
/// </summary>
/// <remarks>
/// Size and offsets stand in for each other to a degree: a larger body with its markers moved inward looks the same in
/// one pose, but not as the limbs bend, since then the distances between joints show. What the bending leaves open is
/// settled by lambda: offsets are held to the ORIGINAL ones at the present size (NB: never to those of the round before,
/// which would let them drift without end), and the size takes up what all markers agree on. lambda_k is large for the
/// keypoints that the body's description wants regularised, small for those whose original offset is exactly zero,
/// which is how attachment files say "somewhere on this part". Paws that stand (<see cref="Stances"/>) are drawn to the one
/// floor by their soles, palms and digits: an offset that is off by millimetres along a leg is not seen in the markers,
/// but it lifts that paw, and a body whose paws do not all stand tips over when physics takes it. Sides are expected to
/// shift alike (<see cref="OffsetSymmetry"/>).
/// </remarks>
internal sealed class OffsetFit
{
    // Weights of a shift against a marker error of the same length in every frame: 10 mm cost as much as 2 mm do for a
    // regularised keypoint, as 1.4 mm for another, as 0.2 mm for one that was not placed. NB: weaker ones lower the marker
    // error by a few hundredths of a millimetre, and lift a sitting rat's hands a centimetre off the floor its feet are on.
    private const double RegularisedWeight = 0.04;
    private const double PlacedWeight = 0.02;
    private const double UnplacedWeight = 0.0005;
    // Likewise: a pair that is 10 mm from symmetric costs as much as a marker error of 1.4 mm in every frame.
    private const double AsymmetryWeight = 0.02;

    private readonly KinematicTree _tree;
    private readonly OffsetSymmetry _symmetry;
    private readonly PoseSolver _solver;
    private readonly double[][] _targets;
    private readonly double[][] _weights;
    private readonly double[] _lambda;
    private readonly double[] _shift;
    private readonly bool _scaleFixed;
    private readonly double[][] _standing;
    private bool _floorFixed;
    private readonly int _sites;

    public OffsetFit(PoseSolver solver, double scale, bool scaleFixed, double[][] targets, double[][] weights, bool[][] stands)
    {
        _standing = [.. stands.Select(frame => frame.Select(stand => stand ? 1.0 : 0).ToArray())];
        _solver = solver;
        _tree = solver.Tree;
        _sites = _tree.SiteCount;
        _symmetry = new(_tree, solver.RestPose);
        _targets = targets;
        _weights = weights;
        _scaleFixed = scaleFixed;
        _shift = new double[3 * _sites];
        var description = _tree.Body.Description;
        _lambda = new double[_sites];
        for (var s = 0; s < _sites; s++)
        {
            var original = _tree.UnitOffsets.AsSpan(3 * s, 3);
            _lambda[s] = description.RegularisedKeypoints.Contains(_tree.Body.Layout.Names[_tree.Keypoint[s]]) ? RegularisedWeight
                : original[0] == 0 && original[1] == 0 && original[2] == 0 ? UnplacedWeight
                : PlacedWeight;
        }
        Poses = [.. targets.Select(_ => (double[])solver.RestPose.Clone())];
        Apply(scale, _shift);
    }

    /// <summary>One pose per frame.</summary>
    public double[][] Poses { get; }

    /// <summary>Mean marker error of the last solve of all poses, metres.</summary>
    public double MeanErrorM { get; private set; }

    /// <summary>
    /// Solves every frame from the trunk and from where it stands, and keeps the better pose. Frames that already fit to
    /// <paramref name="goodM"/> are left as they are.
    /// </summary>
    public void StartPoses(TrunkStart start, double goodM, CancellationToken cancellation)
    {
        var fresh = new double[Poses[0].Length];
        for (var t = 0; t < Poses.Length; t++)
        {
            cancellation.ThrowIfCancellationRequested();
            _standing[t].CopyTo(_solver.Standing, 0);
            var warm = _solver.Solve(_targets[t], _weights[t], Poses[t]);
            if (warm.MeanErrorM <= goodM)
                continue;
            var solution = start.Solve(_targets[t], _weights[t], fresh, goodM);
            if (solution.Cost < warm.Cost)
                fresh.CopyTo(Poses[t], 0);
        }
    }

    /// <summary>Solves all poses for the present size and offsets.</summary>
    /// <returns>The total cost.</returns>
    public double SolvePoses(CancellationToken cancellation)
    {
        var (cost, error) = (0.0, 0.0);
        for (var t = 0; t < Poses.Length; t++)
        {
            cancellation.ThrowIfCancellationRequested();
            _standing[t].CopyTo(_solver.Standing, 0);
            var solution = _solver.Solve(_targets[t], _weights[t], Poses[t]);
            cost += solution.Cost;
            error += solution.MeanErrorM;
        }
        MeanErrorM = error / Poses.Length;
        return cost + Regularisation(_shift);
    }

    /// <summary>
    /// The offsets (and the size) that suit the present poses best, in closed form: in the frame of its body each
    /// keypoint's d is a weighted mean, which leaves one quadratic equation for s. Symmetry and floor, which tie offsets
    /// together, are left to <see cref="RefineTogether"/>.
    /// </summary>
    public void SolveOffsets()
    {
        var n = 3 * _sites;
        var (sumA, sumB) = (new double[n], new double[n]);
        var weight = new double[_sites];
        var (saa, sab) = (0.0, 0.0);
        Span<double> a = stackalloc double[3];
        Span<double> b = stackalloc double[3];
        var scale = _tree.Scale;
        for (var t = 0; t < Poses.Length; t++)
        {
            _solver.LineariseAt(_targets[t], _weights[t], Poses[t]);
            for (var s = 0; s < _sites; s++)
            {
                var w = _solver.SiteWeight(s);
                if (w == 0)
                    continue;
                Unscaled(Poses[t], s, scale, a);
                for (var i = 0; i < 3; i++)
                    b[i] = _targets[t][(3 * _tree.Keypoint[s]) + i] - Poses[t][i];
                var r = _tree.SiteRotation(s);
                weight[s] += w;
                for (var i = 0; i < 3; i++)
                {
                    sumA[(3 * s) + i] += w * ((r[i] * a[0]) + (r[3 + i] * a[1]) + (r[6 + i] * a[2]));
                    sumB[(3 * s) + i] += w * ((r[i] * b[0]) + (r[3 + i] * b[1]) + (r[6 + i] * b[2]));
                    saa += w * a[i] * a[i];
                    sab += w * a[i] * b[i];
                }
            }
        }
        for (var s = 0; s < _sites; s++)
        {
            var total = weight[s] + (_lambda[s] * Poses.Length);
            for (var i = 3 * s; i < (3 * s) + 3; i++)
            {
                saa -= sumA[i] * sumA[i] / total;
                sab -= sumA[i] * sumB[i] / total;
            }
        }
        if (!_scaleFixed && saa > 0)
            scale = Math.Clamp(sab / saa, 0.9 * scale, 1.1 * scale);
        for (var s = 0; s < _sites; s++)
            for (var i = 3 * s; i < (3 * s) + 3; i++)
                _shift[i] = (sumB[i] - (scale * sumA[i])) / (weight[s] + (_lambda[s] * Poses.Length));
        Apply(scale, _shift);
    }

    /// <summary>
    /// Refines size, offsets and poses together: Gauss-Newton with the poses eliminated from the normal equations
    /// frame by frame (Schur complement). Alternating solves creep along the valleys in which a pose makes up for an
    /// offset; this walks down them in a few steps.
    /// </summary>
    /// <returns>Steps that were made.</returns>
    public int RefineTogether(int maximumSteps, CancellationToken cancellation)
    {
        var n = 2 + (3 * _sites);
        var (matrix, damped, right, step) = (new double[n * n], new double[n * n], new double[n], new double[n]);
        var oldPoses = Poses.Select(pose => (double[])pose.Clone()).ToArray();
        var oldShift = new double[_shift.Length];
        var cost = SolvePoses(cancellation);
        var damping = 1e-3;
        var steps = 0;
        while (steps < maximumSteps)
        {
            Eliminate(matrix, right, cancellation);
            var improved = false;
            while (!improved && damping < 1e6)
            {
                cancellation.ThrowIfCancellationRequested();
                matrix.CopyTo(damped, 0);
                for (var i = 0; i < n; i++)
                    damped[i * (n + 1)] *= 1 + damping;
                right.CopyTo(step, 0);
                if (!Cholesky.TrySolve(damped, step, n))
                {
                    damping *= 10;
                    continue;
                }
                _shift.CopyTo(oldShift, 0);
                for (var t = 0; t < Poses.Length; t++)
                    Poses[t].CopyTo(oldPoses[t], 0);
                var (oldScale, oldError, oldFloor) = (_tree.Scale, MeanErrorM, _solver.FloorHeightM);
                for (var i = 0; i < _shift.Length; i++)
                    _shift[i] += step[1 + i];
                Apply(Math.Clamp(oldScale + step[0], 0.8 * oldScale, 1.25 * oldScale), _shift);
                _solver.FloorHeightM = oldFloor + step[n - 1];
                var trial = SolvePoses(cancellation);
                if (trial < cost)
                {
                    improved = true;
                    steps++;
                    damping = Math.Max(1e-6, damping * 0.2);
                    if (cost - trial < 1e-5 * trial)
                        return steps;
                    cost = trial;
                    continue;
                }
                oldShift.CopyTo(_shift, 0);
                for (var t = 0; t < Poses.Length; t++)
                    oldPoses[t].CopyTo(Poses[t], 0);
                Apply(oldScale, _shift);
                _solver.FloorHeightM = oldFloor;
                MeanErrorM = oldError;
                damping *= 10;
            }
            if (!improved)
                break;
        }
        return steps;
    }

    /// <summary>How far each keypoint's offset has moved from the original one, metres, by site.</summary>
    public double ShiftM(int site)
    {
        var d = _shift.AsSpan(3 * site, 3);
        return Math.Sqrt((d[0] * d[0]) + (d[1] * d[1]) + (d[2] * d[2]));
    }

    /// <summary>The normal equations of size and offsets after the poses have been eliminated.</summary>
    private void Eliminate(double[] matrix, double[] right, CancellationToken cancellation)
    {
        var n = right.Length;
        Array.Clear(matrix);
        Array.Clear(right);
        var dofs = _tree.DofCount;
        var cross = new double[n * dofs];
        var solved = new double[n * dofs];
        var along = new double[3 * _sites];
        Span<double> a = stackalloc double[3];
        for (var t = 0; t < Poses.Length; t++)
        {
            cancellation.ThrowIfCancellationRequested();
            _standing[t].CopyTo(_solver.Standing, 0);
            _solver.LineariseAt(_targets[t], _weights[t], Poses[t]);
            Array.Clear(cross);
            if (double.IsFinite(_solver.FloorHeightM))
                AddContacts(matrix, right, cross, Poses[t]);
            for (var s = 0; s < _sites; s++)
            {
                var w = _solver.SiteWeight(s);
                Unscaled(Poses[t], s, _tree.Scale, a);
                var r = _tree.SiteRotation(s);
                for (var i = 0; i < 3; i++)
                {
                    along[(3 * s) + i] = a[i];
                    var g = 1 + (3 * s) + i;
                    // Residuals and Jacobian rows of the solver carry the root of the weight already.
                    right[0] -= Math.Sqrt(w) * a[i] * _solver.WeightedResidual[(3 * s) + i];
                    matrix[0] += w * a[i] * a[i];
                    matrix[g * (n + 1)] += w;
                    for (var j = 0; j < 3; j++)
                    {
                        right[g] -= Math.Sqrt(w) * r[(3 * j) + i] * _solver.WeightedResidual[(3 * s) + j];
                        matrix[g * n] += w * a[j] * r[(3 * j) + i];
                    }
                }
            }
            for (var d = 0; d < dofs; d++)
            {
                if (_solver.Step.IsHeld(d, Poses[t]))
                    continue;
                for (var s = _tree.SiteStart[d]; s < _tree.SiteEnd[d]; s++)
                {
                    var w = Math.Sqrt(_solver.SiteWeight(s));
                    var r = _tree.SiteRotation(s);
                    var j = _solver.WeightedJacobian(d).Slice(3 * s, 3);
                    cross[d] += w * ((j[0] * along[3 * s]) + (j[1] * along[(3 * s) + 1]) + (j[2] * along[(3 * s) + 2]));
                    for (var i = 0; i < 3; i++)
                        cross[((1 + (3 * s) + i) * dofs) + d] += w * ((j[0] * r[i]) + (j[1] * r[3 + i]) + (j[2] * r[6 + i]));
                }
            }
            if (!_solver.Step.FactoriseFree(Poses[t]))
                continue;
            cross.CopyTo(solved, 0);
            for (var g = 0; g < n; g++)
                _solver.Step.SolveFree(solved.AsSpan(g * dofs, dofs));
            for (var g = 0; g < n; g++)
            {
                var row = solved.AsSpan(g * dofs, dofs);
                for (var h = 0; h <= g; h++)
                    matrix[(g * n) + h] -= PoseSolver.Dot(row, cross.AsSpan(h * dofs, dofs));
                // NB: the poses stand at their own optimum, where the gradient over the free ones is zero but for the
                // tolerance of the solve; what is left of it is taken along.
                for (var d = 0; d < dofs; d++)
                    if (!_solver.Step.IsHeld(d, Poses[t]))
                        right[g] += row[d] * _solver.Gradient[d];
            }
        }
        for (var s = 0; s < _sites; s++)
            for (var i = 3 * s; i < (3 * s) + 3; i++)
            {
                matrix[(1 + i) * (n + 1)] += _lambda[s] * Poses.Length;
                right[1 + i] -= _lambda[s] * Poses.Length * _shift[i];
            }
        _symmetry.Add(AsymmetryWeight * Poses.Length, _shift, 1, matrix, right);
        if (_scaleFixed)
            Fix(0);
        if (_floorFixed || matrix[(n * n) - 1] <= 0)
            Fix(n - 1);

        void Fix(int unknown)
        {
            for (var g = 0; g < n; g++)
                matrix[(unknown * n) + g] = matrix[(g * n) + unknown] = 0;
            matrix[unknown * (n + 1)] = 1;
            right[unknown] = 0;
        }
    }

    /// <summary>The paws' heights of one frame: they change with size and pose, and against the floor.</summary>
    private void AddContacts(double[] matrix, double[] right, double[] cross, double[] pose)
    {
        var (n, dofs, contacts) = (right.Length, _tree.DofCount, _solver.Contacts);
        var floor = n - 1;
        for (var c = 0; c < contacts.Count; c++)
        {
            var w = _solver.Paws.Weight(c);
            var r = Math.Sqrt(w) * _solver.Paws.WeightedResidual[c];
            var a = (contacts.Points[(3 * c) + 2] - pose[2]) / _tree.Scale;
            matrix[0] += w * a * a;
            matrix[floor * n] -= w * a;
            matrix[floor * (n + 1)] += w;
            right[0] -= a * r;
            right[floor] += r;
        }
        for (var d = 0; d < dofs; d++)
        {
            if (_solver.Step.IsHeld(d, pose))
                continue;
            for (var c = contacts.Start[d]; c < contacts.End[d]; c++)
            {
                var a = (contacts.Points[(3 * c) + 2] - pose[2]) / _tree.Scale;
                var j = Math.Sqrt(_solver.Paws.Weight(c)) * _solver.Paws.WeightedJacobian(d)[c];
                cross[d] += a * j;
                cross[(floor * dofs) + d] -= j;
            }
        }
    }

    /// <summary>
    /// Puts the frames onto a floor: where it is known there, else where the paws stand in the present poses, from where it
    /// is refined with all else. Without a stance there is none.
    /// </summary>
    public void FindFloor(double? knownM)
    {
        _floorFixed = knownM is not null;
        var heights = _standing[0].Select(_ => new List<double>()).ToArray();
        for (var t = 0; t < Poses.Length; t++)
        {
            _tree.Update(Poses[t]);
            _solver.Contacts.Update();
            for (var p = 0; p < heights.Length; p++)
                if (_standing[t][p] > 0)
                    heights[p].Add(_solver.Contacts.PawHeight(p));
        }
        _solver.FloorHeightM = knownM ?? heights.Where(h => h.Count > 0).Select(h => SizeEstimate.Quantiles(h).Median).DefaultIfEmpty(double.NaN).Average();
    }

    /// <summary>Derivative of a site's position with respect to the size, the root and the shifts being held.</summary>
    private void Unscaled(double[] pose, int site, double scale, Span<double> result)
    {
        var body = _tree.SiteBodyPosition(site);
        var r = _tree.SiteRotation(site);
        var m = _tree.UnitOffsets.AsSpan(3 * site, 3);
        for (var i = 0; i < 3; i++)
            result[i] = ((body[i] - pose[i]) / scale) + (r[3 * i] * m[0]) + (r[(3 * i) + 1] * m[1]) + (r[(3 * i) + 2] * m[2]);
    }

    private double Regularisation(double[] shift)
    {
        var sum = 0.0;
        for (var s = 0; s < _sites; s++)
            for (var i = 3 * s; i < (3 * s) + 3; i++)
                sum += _lambda[s] * shift[i] * shift[i];
        return (sum + (AsymmetryWeight * _symmetry.Cost(shift))) * Poses.Length;
    }

    private void Apply(double scale, double[] shift)
    {
        _tree.SetScale(scale);
        for (var i = 0; i < shift.Length; i++)
            _tree.Offsets[i] = (scale * _tree.UnitOffsets[i]) + shift[i];
    }
}
