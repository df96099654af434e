using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>
/// One leg of the simulated animal: its joints from the trunk to the digits, inverse kinematics of the paw by damped
/// least squares (Jacobians from the joints' axes and anchors), and the joint torques that a ground force asks for.
/// </summary>
internal sealed class Limb
{
    // One millimetre of paw position weighs as much as these many radians elsewhere in the solve.
    private const double PositionM = 0.001, FlatDigits = 0.06, LeastStep = 1e-9;

    private readonly int[] _joint, _dof, _qpos;
    private readonly double[] _lower, _upper, _posture, _stray;
    private readonly int _digits, _paw;
    private readonly double[] _tip = new double[3];
    private readonly double[] _jacobian, _normal, _step;

    private Limb(MujocoModel model, bool hind, bool left, double scale, string digits, string paw, string site, double restingHeightM, (string Name, double Posture, double Stray)[] joints)
    {
        IsHind = hind;
        IsLeft = left;
        RestingHeightM = restingHeightM * scale;
        _digits = model.Id(ObjectType.Body, digits);
        _paw = model.Id(ObjectType.Body, paw);
        model.Doubles("site_pos").Row(model.Id(ObjectType.Site, site)).CopyTo(_tip);
        _joint = [.. joints.Select(joint => model.Id(ObjectType.Joint, joint.Name))];
        Actuators = [.. joints.Select(joint => model.Id(ObjectType.Actuator, joint.Name))];
        _dof = [.. _joint.Select(joint => model.Ints("jnt_dofadr")[joint])];
        _qpos = [.. _joint.Select(joint => model.Ints("jnt_qposadr")[joint])];
        _lower = [.. _joint.Select(joint => model.Doubles("jnt_range")[2 * joint])];
        _upper = [.. _joint.Select(joint => model.Doubles("jnt_range")[(2 * joint) + 1])];
        _posture = [.. joints.Select(joint => joint.Posture)];
        _stray = [.. joints.Select(joint => joint.Stray)];
        _jacobian = new double[5 * joints.Length];
        _normal = new double[joints.Length * joints.Length];
        _step = new double[joints.Length];
    }

    public bool IsHind { get; }

    public bool IsLeft { get; }

    /// <summary>Indices of the joints' actuators, parallel to <see cref="JointCount"/> joints.</summary>
    public int[] Actuators { get; }

    public int JointCount => _dof.Length;

    public ReadOnlySpan<int> Qpos => _qpos;

    public ReadOnlySpan<int> Dof => _dof;

    /// <summary>Height of the paw's point over the floor when the paw rests on it, metres.</summary>
    public double RestingHeightM { get; }

    public static Limb Hind(MujocoModel model, bool left, double scale)
    {
        var s = left ? "_L" : "_R";
        return new(model, true, left, scale, "toe" + s, "foot" + s, "sole" + s, 0.00076,
            [($"hip{s}_supinate", 0, 0.25), ($"hip{s}_abduct", 0, 0.25), ($"hip{s}_extend", 0, 1), ("knee" + s, 0, 1), ("ankle" + s, 0.2, 1), ("toe" + s, 0, 1)]);
    }

    public static Limb Fore(MujocoModel model, bool left, double scale)
    {
        var s = left ? "_L" : "_R";
        return new(model, false, left, scale, "finger" + s, "hand" + s, "palm" + s, 0.0002,
            [($"scapula{s}_supinate", 0.05, 0.2), ($"scapula{s}_abduct", 0, 0.2), ($"scapula{s}_extend", 0, 0.2), ("shoulder" + s, 0, 1), ("shoulder_sup" + s, 0.4, 0.5), ("elbow" + s, 0, 1), ("wrist" + s, 0.2, 1), ("finger" + s, 0.2, 1)]);
    }

    /// <summary>The paw's point in the world, from the state's last kinematics.</summary>
    public void PawPosition(BodyState state, Span<double> position) => ToWorld(state, _digits, _tip, position);

    /// <summary>The heel (or wrist) in the world.</summary>
    public ReadOnlySpan<double> Heel(BodyState state) => state.Data.BodyPositions.Row(_paw);

    /// <summary>
    /// One step of the inverse kinematics on the plan's joints: the paw's point to <paramref name="target"/>, the digits
    /// flat, the paw at <paramref name="pawSlope"/> (sine of its slope, positive: heel up), the joints near their posture.
    /// The plan's kinematics must be current; the joint angles change, the kinematics do not.
    /// </summary>
    /// <param name="plan">The planned posture.</param>
    /// <param name="target">Where the paw's point goes, metres.</param>
    /// <param name="pawSlope">Sine of the paw's slope, positive: heel up.</param>
    /// <param name="slopeTolerance">Deviation from that slope that weighs as much as a millimetre.</param>
    /// <param name="flat">How much it matters that the digits are flat, 0 to 1.</param>
    /// <param name="blockAtLimits">Whether joints at their limits are left out, so that the others reach for them.</param>
    public void Approach(BodyState plan, ReadOnlySpan<double> target, double pawSlope, double slopeTolerance, double flat, bool blockAtLimits)
    {
        var n = _dof.Length;
        Span<double> tip = stackalloc double[3];
        Span<double> error = stackalloc double[5];
        ToWorld(plan, _digits, _tip, tip);
        for (var i = 0; i < 3; i++)
            error[i] = (target[i] - tip[i]) / PositionM;
        var digits = plan.Data.BodyRotations.Row(_digits);
        var paw = plan.Data.BodyRotations.Row(_paw);
        var flatTolerance = FlatDigits / Math.Max(flat, 1e-3);
        error[3] = (0 - digits[6]) / flatTolerance;
        // NB: a paw's own x axis points from heel to digits, so heel up means that it points down.
        error[4] = (-pawSlope - paw[6]) / slopeTolerance;
        // Far targets are approached in bounded steps: the linearisation holds for centimetres only.
        for (var i = 0; i < 3; i++)
            error[i] = Math.Clamp(error[i], -15, 15);
        var axes = plan.JointAxes;
        var anchors = plan.JointAnchors;
        for (var j = 0; j < n; j++)
        {
            var axis = axes.Row(_joint[j]);
            var anchor = anchors.Row(_joint[j]);
            double rx = tip[0] - anchor[0], ry = tip[1] - anchor[1], rz = tip[2] - anchor[2];
            _jacobian[j] = ((axis[1] * rz) - (axis[2] * ry)) / PositionM;
            _jacobian[n + j] = ((axis[2] * rx) - (axis[0] * rz)) / PositionM;
            _jacobian[(2 * n) + j] = ((axis[0] * ry) - (axis[1] * rx)) / PositionM;
            // The z component of an x axis turns by (axis cross x).z.
            _jacobian[(3 * n) + j] = ((axis[0] * digits[3]) - (axis[1] * digits[0])) / flatTolerance;
            _jacobian[(4 * n) + j] = j < n - 1 ? ((axis[0] * paw[3]) - (axis[1] * paw[0])) / slopeTolerance : 0;
        }
        Solve(plan, error);
        if (blockAtLimits && BlockAtLimits(plan))
            Solve(plan, error);
        for (var j = 0; j < n; j++)
        {
            ref var q = ref plan.Data.Qpos[_qpos[j]];
            q = Math.Clamp(q + Math.Clamp(_step[j], -0.3, 0.3), _lower[j], _upper[j]);
        }
    }

    /// <summary>Regularised least squares for the joints' steps.</summary>
    private void Solve(BodyState plan, ReadOnlySpan<double> error)
    {
        var n = _dof.Length;
        for (var j = 0; j < n; j++)
        {
            var pull = 1 / (_stray[j] * _stray[j]);
            var gradient = pull * (_posture[j] - plan.Data.Qpos[_qpos[j]]);
            for (var r = 0; r < 5; r++)
                gradient += _jacobian[(r * n) + j] * error[r];
            _step[j] = gradient;
            for (var k = 0; k <= j; k++)
            {
                var sum = j == k ? pull + 0.5 : 0;
                for (var r = 0; r < 5; r++)
                    sum += _jacobian[(r * n) + j] * _jacobian[(r * n) + k];
                _normal[(j * n) + k] = _normal[(k * n) + j] = sum;
            }
        }
        Cholesky.Solve(_normal, _step, n, LeastStep);
    }

    /// <summary>Takes joints that would go beyond their limits out of the solve, so that the others make up for them.</summary>
    private bool BlockAtLimits(BodyState plan)
    {
        var n = _dof.Length;
        var blocked = false;
        for (var j = 0; j < n; j++)
        {
            var q = plan.Data.Qpos[_qpos[j]];
            if ((q > _lower[j] || _step[j] >= 0) && (q < _upper[j] || _step[j] <= 0))
                continue;
            blocked = true;
            for (var r = 0; r < 5; r++)
                _jacobian[(r * n) + j] = 0;
        }
        return blocked;
    }

    /// <summary>Torques, N m, by which the joints press the paw onto the ground so that the ground answers with <paramref name="force"/>.</summary>
    /// <param name="state">The body.</param>
    /// <param name="force">Force of the ground, N.</param>
    /// <param name="heelShare">Where it acts: 0 at the paw's point, 1 at the heel.</param>
    /// <param name="torques">One per joint.</param>
    public void TorquesFor(BodyState state, ReadOnlySpan<double> force, double heelShare, Span<double> torques)
    {
        Span<double> tip = stackalloc double[3];
        ToWorld(state, _digits, _tip, tip);
        var heel = state.Data.BodyPositions.Row(_paw);
        for (var i = 0; i < 3; i++)
            tip[i] += heelShare * (heel[i] - tip[i]);
        var axes = state.JointAxes;
        var anchors = state.JointAnchors;
        for (var j = 0; j < _dof.Length; j++)
        {
            var axis = axes.Row(_joint[j]);
            var anchor = anchors.Row(_joint[j]);
            double rx = tip[0] - anchor[0], ry = tip[1] - anchor[1], rz = tip[2] - anchor[2];
            torques[j] = -((axis[0] * ((ry * force[2]) - (rz * force[1])))
                + (axis[1] * ((rz * force[0]) - (rx * force[2])))
                + (axis[2] * ((rx * force[1]) - (ry * force[0]))));
        }
        // The digits carry only what does not rest on the heel.
        torques[_dof.Length - 1] *= 1 - heelShare;
    }

    private static void ToWorld(BodyState state, int body, ReadOnlySpan<double> local, Span<double> world)
    {
        var p = state.Data.BodyPositions.Row(body);
        var r = state.Data.BodyRotations.Row(body);
        for (var i = 0; i < 3; i++)
            world[i] = p[i] + (r[3 * i] * local[0]) + (r[(3 * i) + 1] * local[1]) + (r[(3 * i) + 2] * local[2]);
    }
}
