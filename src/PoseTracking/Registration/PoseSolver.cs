using System.Numerics;
using System.Runtime.InteropServices;
using ClosedLoop.Physics;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Finds the pose whose keypoint sites lie nearest to given keypoints: Levenberg-Marquardt over the root (translation
/// and rotation in its tangent space) and the hinges, with analytic Jacobians, a robust loss, and joint limits that
/// hold exactly by an active set. Minimised is
/// sum_k w_k rho(|y_k - x_k(q)|^2) + a^2 |q - rest|^2 + b^2 |q - start|^2 over the hinges, rho(s) = c^2 s / (c^2 + s),
/// and what the paws' heights over the floor (<see cref="PawContacts"/>) and unshared bends (<see cref="TendonShares"/>) cost.
/// </summary>
/// <remarks>
/// Degrees of freedom that move no keypoint and no paw (tail, jaw) are left as they are. Nothing is allocated by a solve, and
/// the same input gives the same output bit for bit.
/// </remarks>
public sealed class PoseSolver
{
    private const double LargestDamping = 1e8;

    private readonly KinematicTree _tree;
    private readonly PoseSolverOptions _options;
    private readonly int _n;
    private readonly int _stride;
    private readonly double[] _rest;
    private readonly double[] _jacobian;
    private readonly double[] _hessian;
    private readonly double[] _gradient;
    private readonly BoundedStep _step;
    private readonly double[] _target;
    private readonly double[] _base;
    private readonly double[] _sqrtWeight;
    private readonly double[] _residual;
    private readonly double[] _trial;
    private readonly double[] _start;
    private readonly TendonShares _tendons;
    private readonly double[] _fromRest;
    private readonly PawFloorCost _paws;
    private bool _onFloor;

    /// <summary>Makes a solver for a body whose keypoint sites are where they should be; later changes of them are not seen.</summary>
    public PoseSolver(BodyModel body, PoseSolverOptions? options = null)
        : this(new KinematicTree(body), options ?? new())
    {
    }

    internal PoseSolver(KinematicTree tree, PoseSolverOptions options)
    {
        _tree = tree;
        _options = options;
        _n = tree.DofCount;
        _stride = 3 * tree.SiteCount;
        _rest = new double[_n];
        for (var d = 6; d < _n; d++)
            _rest[d] = Math.Clamp(tree.Body.Model.Doubles("qpos0")[tree.QposIndex[d]], tree.Lower[d], tree.Upper[d]);
        _jacobian = new double[_n * _stride];
        _hessian = new double[_n * _n];
        _gradient = new double[_n];
        _step = new(tree, _gradient, _hessian);
        _target = new double[_stride];
        _base = new double[tree.SiteCount];
        _sqrtWeight = new double[tree.SiteCount];
        _residual = new double[_stride];
        _trial = new double[tree.Body.Model.Nq];
        _start = new double[_n];
        _tendons = new(tree);
        _fromRest = new double[_n];
        _paws = new(tree, options);
        Errors = new double[tree.SiteCount];
        RestPose = new double[tree.Body.Model.Nq];
        WriteRestPose();
    }

    /// <summary>Distance of each keypoint to its site after a solve, metres, in the layout's order; NaN for those that were left out.</summary>
    public double[] Errors { get; }

    /// <summary>The body at rest: the model's initial pose, with every hinge inside its limits.</summary>
    public double[] RestPose { get; }

    /// <summary>Height of the floor in the frame of the keypoints, metres; not a number where there is none to stand on.</summary>
    public double FloorHeightM { get; set; } = double.NaN;

    /// <summary>How far each paw is drawn down to the floor, 1 being <see cref="PoseSolverOptions.FloorWeight"/>; none ever gets into it.</summary>
    internal double[] Standing => _paws.Standing;

    internal PawContacts Contacts => _paws.Contacts;

    internal KinematicTree Tree => _tree;

    /// <summary>Writes where the keypoint sites are in a pose: x, y, z per keypoint, metres.</summary>
    public void SitePositions(ReadOnlySpan<double> qpos, Span<double> positions)
    {
        _tree.Update(qpos);
        for (var s = 0; s < _tree.SiteCount; s++)
            _tree.Sites.AsSpan(3 * s, 3).CopyTo(positions.Slice(3 * _tree.Keypoint[s], 3));
    }

    /// <summary>Brings every hinge that moves a keypoint inside its limits.</summary>
    public void ClampToLimits(Span<double> qpos)
    {
        for (var d = 6; d < _n; d++)
        {
            ref var angle = ref qpos[_tree.QposIndex[d]];
            angle = Math.Clamp(angle, _tree.Lower[d], _tree.Upper[d]);
        }
    }

    /// <summary>Solves for one pose.</summary>
    /// <param name="keypoints">x, y, z per keypoint, metres.</param>
    /// <param name="weights">Weight per keypoint; 0 leaves a keypoint out, and its position is then not looked at.</param>
    /// <param name="qpos">On entry where to begin, on return the solution. Its hinges are brought inside their limits first.</param>
    /// <param name="rootOnly">Whether only the root is moved, the hinges staying as they are.</param>
    public PoseSolution Solve(ReadOnlySpan<double> keypoints, ReadOnlySpan<double> weights, Span<double> qpos, bool rootOnly = false)
    {
        var tree = _tree;
        Take(keypoints, weights);
        for (var d = 6; d < _n; d++)
        {
            ref var angle = ref qpos[tree.QposIndex[d]];
            angle = Math.Clamp(angle, tree.Lower[d], tree.Upper[d]);
            _start[d] = angle;
        }
        var count = rootOnly ? 6 : _n;
        // NB: legs that are not moved are not where the animal's are, and say nothing about the floor.
        _onFloor = double.IsFinite(FloorHeightM) && !rootOnly;
        var damping = 1e-4;
        var iterations = 0;
        var converged = false;
        var cost = Evaluate(qpos);
        while (iterations < _options.MaximumIterations && !converged)
        {
            iterations++;
            Linearise(qpos, count);
            while (true)
            {
                var accepted = false;
                if (_step.Solve(qpos, count, damping))
                {
                    Move(qpos, count);
                    var trialCost = Evaluate(_trial);
                    if (trialCost <= cost)
                    {
                        accepted = true;
                        converged = cost - trialCost <= _options.Tolerance * trialCost;
                        cost = trialCost;
                        _trial.CopyTo(qpos);
                        damping = Math.Max(1e-9, damping * 0.1);
                    }
                }
                if (accepted)
                    break;
                damping *= 10;
                if (damping > LargestDamping)
                {
                    // No direction lowers the cost any more, to the last digit.
                    converged = true;
                    break;
                }
            }
        }
        // A rejected trial has left its sites behind.
        Evaluate(qpos);
        var (sum, used) = (0.0, 0);
        for (var s = 0; s < tree.SiteCount; s++)
        {
            var error = double.NaN;
            if (_base[s] > 0)
            {
                var r = _residual.AsSpan(3 * s, 3);
                error = Math.Sqrt((r[0] * r[0]) + (r[1] * r[1]) + (r[2] * r[2]));
                sum += error;
                used++;
            }
            Errors[tree.Keypoint[s]] = error;
        }
        return new(used > 0 ? sum / used : double.NaN, cost, iterations, converged);
    }

    /// <summary>Residuals (site minus keypoint) times the root of their weights, by site, after <see cref="LineariseAt"/>.</summary>
    internal ReadOnlySpan<double> WeightedResidual => _residual;

    /// <summary>Half the gradient of the cost over the degrees of freedom after <see cref="LineariseAt"/>.</summary>
    internal ReadOnlySpan<double> Gradient => _gradient;

    /// <summary>Linearises the cost about a pose, for a fit that shares unknowns among many poses.</summary>
    internal void LineariseAt(ReadOnlySpan<double> keypoints, ReadOnlySpan<double> weights, ReadOnlySpan<double> qpos)
    {
        Take(keypoints, weights);
        for (var d = 6; d < _n; d++)
            _start[d] = qpos[_tree.QposIndex[d]];
        _onFloor = double.IsFinite(FloorHeightM);
        Evaluate(qpos);
        Linearise(qpos, _n);
    }

    /// <summary>Weight of a site, robust part included, after <see cref="LineariseAt"/>.</summary>
    internal double SiteWeight(int site) => _sqrtWeight[site] * _sqrtWeight[site];

    /// <summary>Row of the weighted Jacobian of one degree of freedom; only the run of sites that it moves is meaningful.</summary>
    internal ReadOnlySpan<double> WeightedJacobian(int dof) => _jacobian.AsSpan(dof * _stride, _stride);

    /// <summary>What the paws' heights cost, linearised by <see cref="LineariseAt"/>.</summary>
    internal PawFloorCost Paws => _paws;

    /// <summary>Steps inside the limits from where the cost was linearised.</summary>
    internal BoundedStep Step => _step;

    private void Take(ReadOnlySpan<double> keypoints, ReadOnlySpan<double> weights)
    {
        for (var s = 0; s < _tree.SiteCount; s++)
        {
            var k = _tree.Keypoint[s];
            _base[s] = weights[k] > 0 ? weights[k] : 0;
            for (var i = 0; i < 3; i++)
                _target[(3 * s) + i] = _base[s] > 0 ? keypoints[(3 * k) + i] : 0;
        }
    }

    /// <summary>Cost at a pose; leaves residuals (site minus keypoint) behind.</summary>
    private double Evaluate(ReadOnlySpan<double> qpos)
    {
        _tree.Update(qpos);
        var cost = 0.0;
        var c2 = _options.RobustScaleM * _options.RobustScaleM;
        var sites = _tree.Sites;
        for (var s = 0; s < _base.Length; s++)
        {
            if (_base[s] == 0)
            {
                _residual.AsSpan(3 * s, 3).Clear();
                continue;
            }
            var sum = 0.0;
            for (var i = 3 * s; i < (3 * s) + 3; i++)
            {
                _residual[i] = sites[i] - _target[i];
                sum += _residual[i] * _residual[i];
            }
            cost += _base[s] * c2 * sum / (c2 + sum);
        }
        if (_onFloor)
            cost += _paws.Evaluate(FloorHeightM);
        var (a, b) = (_options.RestPriorMPerRad, _options.StartPriorMPerRad);
        for (var d = 6; d < _n; d++)
        {
            var q = qpos[_tree.QposIndex[d]];
            _fromRest[d] = q - _rest[d];
            cost += (a * a * _fromRest[d] * _fromRest[d]) + (b * b * (q - _start[d]) * (q - _start[d]));
        }
        return cost + (_options.TendonPriorMPerRad * _options.TendonPriorMPerRad * _tendons.Cost(_fromRest));
    }

    /// <summary>Half the gradient and the Gauss-Newton Hessian at the pose that was evaluated last.</summary>
    private void Linearise(ReadOnlySpan<double> qpos, int count)
    {
        // Each residual is weighted by rho' of its squared length (iteratively re-weighted least squares).
        var c2 = _options.RobustScaleM * _options.RobustScaleM;
        for (var s = 0; s < _base.Length; s++)
        {
            var r = _residual.AsSpan(3 * s, 3);
            var ratio = c2 / (c2 + (r[0] * r[0]) + (r[1] * r[1]) + (r[2] * r[2]));
            var w = Math.Sqrt(_base[s]) * ratio;
            _sqrtWeight[s] = w;
            (r[0], r[1], r[2]) = (w * r[0], w * r[1], w * r[2]);
        }
        _tree.Jacobian(_sqrtWeight, _jacobian, _stride);
        if (_onFloor)
            _paws.Linearise();
        var (a, b) = (_options.RestPriorMPerRad * _options.RestPriorMPerRad, _options.StartPriorMPerRad * _options.StartPriorMPerRad);
        for (var d = 0; d < count; d++)
        {
            var (start, length) = (3 * _tree.SiteStart[d], 3 * (_tree.SiteEnd[d] - _tree.SiteStart[d]));
            var row = _jacobian.AsSpan((d * _stride) + start, length);
            _gradient[d] = Dot(row, _residual.AsSpan(start, length));
            for (var e = d; e >= 0; e = _tree.DofParent[e])
                _hessian[(d * _n) + e] = Dot(row, _jacobian.AsSpan((e * _stride) + start, length));
            if (_onFloor)
                _paws.Add(d, _gradient, _hessian);
            if (d < 6)
                continue;
            var q = qpos[_tree.QposIndex[d]];
            _gradient[d] += (a * (q - _rest[d])) + (b * (q - _start[d]));
            _hessian[(d * _n) + d] += a + b;
        }
        if (count == _n)
            _tendons.Add(_options.TendonPriorMPerRad * _options.TendonPriorMPerRad, _fromRest, _gradient, _hessian);
    }

    /// <summary>Writes the pose moved by the step to the trial.</summary>
    private void Move(ReadOnlySpan<double> qpos, int count)
    {
        qpos.CopyTo(_trial);
        for (var i = 0; i < 3; i++)
            _trial[i] += _step.Values[i];
        Rotate(_trial.AsSpan(3, 4), _step.Values.Slice(3, 3));
        for (var d = 6; d < count; d++)
        {
            ref var q = ref _trial[_tree.QposIndex[d]];
            q = Math.Clamp(q + _step.Values[d], _tree.Lower[d], _tree.Upper[d]);
        }
    }

    /// <summary>Turns a quaternion (w, x, y, z) by a rotation vector in its own frame, and makes it a unit one.</summary>
    internal static void Rotate(Span<double> quaternion, ReadOnlySpan<double> vector)
    {
        var angle = Math.Sqrt((vector[0] * vector[0]) + (vector[1] * vector[1]) + (vector[2] * vector[2]));
        var (sin, c) = Math.SinCos(angle / 2);
        var f = angle > 1e-12 ? sin / angle : 0.5;
        var (x, y, z) = (f * vector[0], f * vector[1], f * vector[2]);
        var (qw, qx, qy, qz) = (quaternion[0], quaternion[1], quaternion[2], quaternion[3]);
        var w = (qw * c) - (qx * x) - (qy * y) - (qz * z);
        var i = (qw * x) + (qx * c) + (qy * z) - (qz * y);
        var j = (qw * y) - (qx * z) + (qy * c) + (qz * x);
        var k = (qw * z) + (qx * y) - (qy * x) + (qz * c);
        var n = 1 / Math.Sqrt((w * w) + (i * i) + (j * j) + (k * k));
        (quaternion[0], quaternion[1], quaternion[2], quaternion[3]) = (w * n, i * n, j * n, k * n);
    }

    private void WriteRestPose()
    {
        var model = _tree.Body.Model;
        var qpos = model.Doubles("qpos0").Span;
        qpos.CopyTo(RestPose);
        var (addresses, dofs) = (model.Ints("jnt_qposadr"), model.Ints("jnt_dofadr"));
        for (var joint = 1; joint < model.JointCount; joint++)
        {
            var (lower, upper) = _tree.Body.HingeRanges[dofs[joint]];
            RestPose[addresses[joint]] = Math.Clamp(qpos[addresses[joint]], lower, upper);
        }
    }

    internal static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var va = MemoryMarshal.Cast<double, Vector<double>>(a);
        var vb = MemoryMarshal.Cast<double, Vector<double>>(b);
        var sum = Vector<double>.Zero;
        for (var i = 0; i < va.Length; i++)
            sum += va[i] * vb[i];
        var total = Vector.Sum(sum);
        for (var i = va.Length * Vector<double>.Count; i < a.Length; i++)
            total += a[i] * b[i];
        return total;
    }
}
