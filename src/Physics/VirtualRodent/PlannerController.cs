using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// Plans a short way ahead in the physics itself: at each control step the set-points that would hold the reference are
/// corrected so that the body's parts, some control steps later, are where the reference has them. The upper bound for
/// networks, and their teacher; it takes far longer than a control step.
/// </summary>
/// <remarks>
/// <para>Gauss and Newton with Levenberg's damping on one correction of all set-points, held over the horizon. The
/// residuals are the positions of all bodies but the tail's, at the end of each control step; the Jacobian comes from one
/// rollout for each actuator. Then the longest of three step lengths that helps is taken, or none, and the first control step carried
/// out. The next begins with a share of this correction.</para>
/// <para>Deterministic. One thread; allocates nothing after construction, but where physics becomes invalid.</para>
/// </remarks>
public sealed class PlannerController : IRodentController
{
    private static readonly double[] s_lengths = [1, 0.4, 0.15];

    private readonly PlannerOptions _options;
    private readonly MujocoData _scratch;
    private readonly int _substeps;
    private readonly int[] _bodies;
    private readonly double[] _weights;
    private readonly double[] _targets;
    private readonly double[] _residual, _moved;
    private readonly double[] _jacobian;
    private readonly double[] _normal, _step;
    private readonly double[] _correction, _tried;

    /// <summary>Makes a planner for a body that is driven by position servos.</summary>
    /// <param name="body">The body; stays the caller's.</param>
    /// <param name="controlPeriodS">Length of a control step, seconds: a whole number of the body's physics steps.</param>
    /// <param name="options">How it plans.</param>
    /// <exception cref="ClosedLoopException">The body is driven by torques, or an option cannot be.</exception>
    public PlannerController(BodyModel body, double controlPeriodS, PlannerOptions? options = null)
    {
        _options = options ?? new();
        _options.Check();
        using (var servo = new PositionServo(body))
            if (servo.FirstTorqueActuator is { } name)
                throw ClosedLoopException.Usage(
                    $"the planner corrects the set-points of position actuators, and '{name}' of the body {body.Description.Name} is driven by torque; choose the body's position variant");
        var model = body.Model;
        _substeps = (int)Math.Round(controlPeriodS / model.TimestepS);
        _bodies = [.. Enumerable.Range(body.RootBody, model.BodyCount - body.RootBody).Where(id => !IsTail(model, id))];
        _weights = [.. _bodies.Select(id => id == body.RootBody ? _options.RootWeight : 1)];
        _scratch = new(model);
        var (residuals, actuators) = (3 * _bodies.Length * _options.Horizon, model.Nu);
        (_targets, _residual, _moved) = (new double[residuals], new double[residuals], new double[residuals]);
        _jacobian = new double[actuators * residuals];
        (_normal, _step) = (new double[actuators * actuators], new double[actuators]);
        (_correction, _tried) = (new double[actuators], new double[actuators]);
    }

    /// <inheritdoc/>
    public string Name => "planner";

    /// <inheritdoc/>
    public int FutureFrames => _options.Horizon;

    /// <inheritdoc/>
    public ActivationLayout Activations => ActivationLayout.Empty;

    /// <summary>Half the weighted sum of squared distances that the last plan ends with, square metres.</summary>
    public double Cost { get; private set; }

    /// <inheritdoc/>
    public void Reset() => Array.Clear(_correction);

    /// <inheritdoc/>
    public void Act(ReferenceWindow reference, MujocoData body, Span<double> action, Span<float> activations)
    {
        Aim(reference);
        for (var i = 0; i < _correction.Length; i++)
            _correction[i] *= _options.WarmStart;
        Cost = Rollout(reference, body, _correction, _residual);
        for (var iteration = 0; iteration < _options.Iterations; iteration++)
            if (!Improve(reference, body))
                break;
        for (var i = 0; i < action.Length; i++)
            action[i] = Math.Clamp(reference[0].SetPoints[i] + _correction[i], -1, 1);
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    private static bool IsTail(MujocoModel model, int body) => model.Name(ObjectType.XBody, body).Contains("vertebra_C", StringComparison.Ordinal);

    /// <summary>Where the reference has the bodies at the end of each control step of the horizon.</summary>
    private void Aim(ReferenceWindow reference)
    {
        for (var ahead = 0; ahead < _options.Horizon; ahead++)
        {
            reference[ahead].Pose.Qpos.CopyTo(_scratch.Qpos.Span);
            _scratch.Kinematics();
            Positions(_targets, ahead);
        }
    }

    /// <summary>One linearisation and a step along it; false where none makes it better.</summary>
    private bool Improve(ReferenceWindow reference, MujocoData body)
    {
        var (actuators, residuals) = (_correction.Length, _residual.Length);
        for (var a = 0; a < actuators; a++)
        {
            _correction.CopyTo(_tried, 0);
            // Towards the middle: a set-point at its limit would show nothing on the other side.
            var epsilon = reference[0].SetPoints[a] + _correction[a] > 0 ? -_options.Epsilon : _options.Epsilon;
            _tried[a] += epsilon;
            var column = _jacobian.AsSpan(a * residuals, residuals);
            if (!double.IsFinite(Rollout(reference, body, _tried, _moved)))
                column.Clear();
            else
                for (var r = 0; r < residuals; r++)
                    column[r] = (_moved[r] - _residual[r]) / epsilon;
        }
        for (var a = 0; a < actuators; a++)
        {
            var column = _jacobian.AsSpan(a * residuals, residuals);
            _step[a] = -Dot(column, _residual);
            for (var b = 0; b <= a; b++)
                _normal[(a * actuators) + b] = _normal[(b * actuators) + a] = Dot(column, _jacobian.AsSpan(b * residuals, residuals));
            _normal[(a * actuators) + a] += _options.Damping;
        }
        Cholesky.Solve(_normal, _step, actuators, 1e-12);
        foreach (var length in s_lengths)
        {
            for (var a = 0; a < actuators; a++)
                _tried[a] = _correction[a] + (length * _step[a]);
            var reached = Rollout(reference, body, _tried, _moved);
            if (!(reached < Cost))
                continue;
            Cost = reached;
            _tried.CopyTo(_correction, 0);
            _moved.CopyTo(_residual, 0);
            return true;
        }
        return false;
    }

    /// <summary>Steps a copy of the body over the horizon; writes the residuals and returns half their sum of squares, infinite where physics fails.</summary>
    private double Rollout(ReferenceWindow reference, MujocoData body, double[] correction, double[] residual)
    {
        _scratch.CopyFrom(body);
        var sum = 0.0;
        try
        {
            for (var ahead = 0; ahead < _options.Horizon; ahead++)
            {
                var setPoints = reference[ahead].SetPoints;
                for (var a = 0; a < correction.Length; a++)
                    _scratch.Ctrl[a] = Math.Clamp(setPoints[a] + correction[a], -1, 1);
                _scratch.Step(_substeps);
                _scratch.Kinematics();
                Positions(residual, ahead);
            }
        }
        catch (PhysicsUnstableException)
        {
            return double.PositiveInfinity;
        }
        for (var i = 0; i < residual.Length; i++)
        {
            residual[i] = (residual[i] - _targets[i]) * _weights[i / 3 % _weights.Length];
            sum += residual[i] * residual[i];
        }
        return sum / 2;
    }

    private void Positions(double[] target, int ahead)
    {
        for (var b = 0; b < _bodies.Length; b++)
            _scratch.BodyPositions.Row(_bodies[b]).CopyTo(target.AsSpan(3 * ((ahead * _bodies.Length) + b), 3));
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = System.Numerics.Vector<double>.Zero;
        var width = System.Numerics.Vector<double>.Count;
        var i = 0;
        for (; i <= a.Length - width; i += width)
            sum += new System.Numerics.Vector<double>(a[i..]) * new System.Numerics.Vector<double>(b[i..]);
        var total = System.Numerics.Vector.Sum(sum);
        for (; i < a.Length; i++)
            total += a[i] * b[i];
        return total;
    }
}
