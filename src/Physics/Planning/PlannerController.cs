using System.Numerics;
using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// Plans a short way ahead in the physics itself: at each control step the set-points that would hold the reference are
/// corrected so that the body's parts, some control steps later, are where the reference has them. The upper bound for
/// networks, and their teacher; it takes longer than a control step on few cores.
/// </summary>
/// <remarks>
/// <para>Gauss and Newton with Levenberg's damping on one correction of all set-points, held over the horizon. The
/// residuals are the positions of all bodies but the tail's, at the end of each control step, and the capture point's at the
/// end of the horizon; the Jacobian comes from one rollout for each actuator, shared out over the threads. Then the longest
/// of three step lengths that helps is taken, or none, and the first control step carried out. The next begins with a share
/// of this correction.</para>
/// <para>The rollouts are of the body without its tail (<see cref="PlanningModel"/>), and the set-points of toes, fingers
/// and jaw are left as the reference has them. Deterministic whatever the number of threads. Allocates nothing after
/// construction, but where physics becomes invalid.</para>
/// </remarks>
public sealed class PlannerController : IRodentController
{
    private static readonly double[] s_lengths = [1, 0.4, 0.15];
    private static readonly string[] s_left = ["toe", "finger", "mandible", "caudal"];

    private readonly PlannerOptions _options;
    private readonly PlanningModel _model;
    private readonly PlanRollout[] _rollouts;
    private readonly WorkerTeam _team;
    private readonly Action<int> _share;
    private readonly int[] _columns, _bodies, _wholeBodies;
    private readonly double[] _targets, _residual, _moved;
    private readonly double[][] _tries, _columnsMoved;
    private readonly double[] _jacobian, _normal, _step, _correction, _tried;

    // What the threads of a call work on, and the column that was taken last.
    private ReferenceWindow? _reference;
    private MujocoData? _body;
    private int _column;

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
        _model = new(body, _options.SolverIterations);
        var substeps = (int)Math.Round(controlPeriodS / body.Model.TimestepS);
        _bodies = [.. Enumerable.Range(1, _model.Bodies.Length - 1).Where(id => _model.Bodies[id] >= body.RootBody)];
        _wholeBodies = [.. _bodies.Select(id => _model.Bodies[id])];
        double[] weights = [.. _wholeBodies.Select(id => id == body.RootBody ? _options.RootWeight : 1)];
        _columns = [.. Enumerable.Range(0, _model.Model.Nu).Where(a => !s_left.Any(part => _model.Model.Name(ObjectType.Actuator, a).Contains(part, StringComparison.Ordinal)))];
        _rollouts = [.. Enumerable.Range(0, _options.Threads).Select(_ => new PlanRollout(_model, _bodies, weights, substeps, _options))];
        var (residuals, actuators) = (_rollouts[0].Residuals, _model.Model.Nu);
        (_targets, _residual, _moved) = (new double[3 * _bodies.Length * _options.Horizon], new double[residuals], new double[residuals]);
        _tries = [.. _rollouts.Select(_ => new double[actuators])];
        _columnsMoved = [.. _rollouts.Select(_ => new double[residuals])];
        _jacobian = new double[_columns.Length * residuals];
        (_normal, _step) = (new double[_columns.Length * _columns.Length], new double[_columns.Length]);
        (_correction, _tried) = (new double[actuators], new double[actuators]);
        (_team, _share) = (new(_rollouts.Length), Share);
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
        (_reference, _body) = (reference, body);
        Aim(reference);
        for (var i = 0; i < _correction.Length; i++)
            _correction[i] *= _options.WarmStart;
        Cost = Rollout(_correction, _residual);
        Plan(action);
    }

    /// <summary>
    /// Plans as <see cref="Act"/> does, but begins with what another controller would do in this state, or with the
    /// reference's set-points where those are better: what a network in training is to learn. One linearisation about what
    /// is nearly right comes nearer to the best there is than one about the set-points does, and a state has one answer,
    /// whatever was planned before it.
    /// </summary>
    /// <param name="proposal">What the other would do, one number per actuator of the whole body.</param>
    /// <param name="reference">The reference ahead.</param>
    /// <param name="body">The state to plan from.</param>
    /// <param name="action">Receives the plan's first action, one number per actuator of the whole body.</param>
    public void ActFrom(ReadOnlySpan<double> proposal, ReferenceWindow reference, MujocoData body, Span<double> action)
    {
        (_reference, _body) = (reference, body);
        Aim(reference);
        Array.Clear(_correction);
        Array.Clear(_tried);
        Cost = Rollout(_correction, _residual);
        foreach (var column in _columns)
            _tried[column] = proposal[_model.Actuators[column]] - reference[0].SetPoints[_model.Actuators[column]];
        TakeTried(Rollout(_tried, _moved));
        Plan(action);
    }

    /// <summary>
    /// How much the cost of the last plan grows with a small departure from its action: half the action's departure times
    /// this matrix times the departure, in square metres (the Gauss-Newton approximation). What a network that learns from
    /// the planner should weigh its errors by.
    /// </summary>
    /// <param name="curvature">Receives the matrix, row-major, one row and column per actuator of the whole body; 0 where an actuator was left alone.</param>
    public void Curvature(Span<float> curvature)
    {
        curvature.Clear();
        var actuators = (int)Math.Sqrt(curvature.Length);
        for (var a = 0; a < _columns.Length; a++)
            for (var b = 0; b < _columns.Length; b++)
                curvature[(_model.Actuators[_columns[a]] * actuators) + _model.Actuators[_columns[b]]] = (float)Product(a, b);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _team.Dispose();
        foreach (var rollout in _rollouts)
            rollout.Dispose();
        _model.Dispose();
    }

    /// <summary>Corrects the set-points from the present correction on, and writes the action that comes of it.</summary>
    private void Plan(Span<double> action)
    {
        for (var iteration = 0; iteration < _options.Iterations; iteration++)
            if (!Improve())
                break;
        _reference![0].Hold(action);
        for (var i = 0; i < _correction.Length; i++)
        {
            var actuator = _model.Actuators[i];
            action[actuator] = Math.Clamp(_reference[0].SetPoints[actuator] + _correction[i], -1, 1);
        }
    }

    /// <summary>Where the reference has the bodies at the end of each control step of the horizon.</summary>
    private void Aim(ReferenceWindow reference)
    {
        for (var ahead = 0; ahead < _options.Horizon; ahead++)
            for (var b = 0; b < _wholeBodies.Length; b++)
                reference[ahead].BodyPosition(_wholeBodies[b]).CopyTo(_targets.AsSpan(3 * ((ahead * _wholeBodies.Length) + b), 3));
    }

    /// <summary>One linearisation and a step along it; false where none makes it better.</summary>
    private bool Improve()
    {
        var count = _columns.Length;
        _column = -1;
        _team.For(_share, _rollouts.Length);
        for (var a = 0; a < count; a++)
        {
            _step[a] = -Dot(Row(a), _residual);
            for (var b = 0; b <= a; b++)
                _normal[(a * count) + b] = _normal[(b * count) + a] = Product(a, b);
            _normal[(a * count) + a] += _options.Damping;
        }
        Cholesky.Solve(_normal, _step, count, 1e-12);
        foreach (var length in s_lengths)
        {
            _correction.CopyTo(_tried, 0);
            for (var a = 0; a < count; a++)
                _tried[_columns[a]] += length * _step[a];
            if (TakeTried(Rollout(_tried, _moved)))
                return true;
        }
        return false;
    }

    /// <summary>Takes the correction that was tried last for the present one where it costs less.</summary>
    private bool TakeTried(double reached)
    {
        if (!(reached < Cost))
            return false;
        Cost = reached;
        _tried.CopyTo(_correction, 0);
        _moved.CopyTo(_residual, 0);
        return true;
    }

    /// <summary>Columns of the Jacobian by one of the rollouts, as long as there are any.</summary>
    private void Share(int rollout)
    {
        for (int index; (index = Interlocked.Increment(ref _column)) < _columns.Length;)
            Column(rollout, index);
    }

    private void Column(int rollout, int index)
    {
        var (column, tries, moved) = (_columns[index], _tries[rollout], _columnsMoved[rollout]);
        _correction.CopyTo(tries, 0);
        // Towards the middle: a set-point at its limit would show nothing on the other side.
        var epsilon = _reference![0].SetPoints[_model.Actuators[column]] + _correction[column] > 0 ? -_options.Epsilon : _options.Epsilon;
        tries[column] += epsilon;
        var row = Row(index);
        if (!double.IsFinite(_rollouts[rollout].Run(_reference, _body!, tries, _targets, moved)))
            row.Clear();
        else
            for (var r = 0; r < row.Length; r++)
                row[r] = (moved[r] - _residual[r]) / epsilon;
    }

    private double Rollout(double[] correction, double[] residual) => _rollouts[0].Run(_reference!, _body!, correction, _targets, residual);

    private Span<double> Row(int index) => _jacobian.AsSpan(index * _residual.Length, _residual.Length);

    private double Product(int a, int b) => Dot(Row(a), Row(b));

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = Vector<double>.Zero;
        var width = Vector<double>.Count;
        var i = 0;
        for (; i <= a.Length - width; i += width)
            sum += new Vector<double>(a[i..]) * new Vector<double>(b[i..]);
        var rest = Vector.Sum(sum);
        for (; i < a.Length; i++)
            rest += a[i] * b[i];
        return rest;
    }
}
