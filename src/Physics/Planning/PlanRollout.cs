namespace ClosedLoop.Physics;

/// <summary>One copy of the planning model that tries corrections of the set-points. Belongs to one thread at a time.</summary>
internal sealed class PlanRollout : IDisposable
{
    private readonly PlanningModel _model;
    private readonly MujocoData _data;
    private readonly NativeArray<double> _warmStart;
    private readonly int _substeps, _horizon;
    private readonly int[] _bodies;
    private readonly double[] _weights, _massShares;
    private readonly double _balanceWeight, _balanceSteps;

    /// <param name="model">The planning model; stays the caller's.</param>
    /// <param name="bodies">The planning model's bodies whose positions are the residuals.</param>
    /// <param name="weights">Weight of each.</param>
    /// <param name="substeps">Physics steps a control step.</param>
    /// <param name="options">Horizon and balance.</param>
    public PlanRollout(PlanningModel model, int[] bodies, double[] weights, int substeps, PlannerOptions options)
    {
        (_model, _bodies, _weights, _substeps, _horizon) = (model, bodies, weights, substeps, options.Horizon);
        var masses = model.Model.Doubles("body_mass");
        var totalKg = bodies.Sum(body => masses[body]);
        _massShares = [.. bodies.Select(body => masses[body] / totalKg)];
        (_balanceWeight, _balanceSteps) = (options.BalanceWeight, options.BalanceTimeS / (substeps * model.Model.TimestepS));
        _data = new(model.Model);
        _warmStart = _data.Doubles("qacc_warmstart");
    }

    /// <summary>Numbers that <see cref="Run"/> writes.</summary>
    public int Residuals => (3 * _bodies.Length * _horizon) + (_balanceWeight > 0 ? 3 : 0);

    /// <summary>
    /// Steps from the state of <paramref name="body"/> over the horizon; writes the weighted residuals and returns half their
    /// sum of squares, infinite where physics fails.
    /// </summary>
    /// <param name="reference">The set-points that are corrected.</param>
    /// <param name="body">The whole body's state.</param>
    /// <param name="correction">Added to the set-points, one per actuator of the planning model.</param>
    /// <param name="targets">Where the bodies are to be at the end of each control step.</param>
    /// <param name="residual">Receives how far off they are, metres.</param>
    public double Run(ReferenceWindow reference, MujocoData body, double[] correction, double[] targets, Span<double> residual)
    {
        // NB: only what decides the future is copied: the whole of mjData holds megabytes of solver memory.
        Gather(body.Qpos, _model.Positions, _data.Qpos);
        Gather(body.Qvel, _model.Dofs, _data.Qvel);
        Gather(body.Act, _model.Actuators, _data.Act);
        _warmStart.Span.Clear();
        var sum = 0.0;
        try
        {
            for (var ahead = 0; ahead < _horizon; ahead++)
            {
                var setPoints = reference[ahead].SetPoints;
                for (var a = 0; a < correction.Length; a++)
                    _data.Ctrl[a] = Math.Clamp(setPoints[_model.Actuators[a]] + correction[a], -1, 1);
                _data.Step(_substeps);
                _data.Kinematics();
                for (var b = 0; b < _bodies.Length; b++)
                {
                    var place = _data.BodyPositions.Row(_bodies[b]);
                    for (var axis = 0; axis < 3; axis++)
                    {
                        var i = (3 * ((ahead * _bodies.Length) + b)) + axis;
                        var off = (place[axis] - targets[i]) * _weights[b];
                        residual[i] = off;
                        sum += off * off;
                    }
                }
            }
        }
        catch (PhysicsUnstableException)
        {
            _data.Reset();
            return double.PositiveInfinity;
        }
        if (_balanceWeight > 0)
            sum += Balance(residual);
        return sum / 2;
    }

    public void Dispose() => _data.Dispose();

    /// <summary>
    /// Appends how far the capture point is off: the weight's mean departure, and as much more as it grew over the last
    /// control step times the steps in a balance time. Returns the sum of squares.
    /// </summary>
    private double Balance(Span<double> residual)
    {
        var count = 3 * _bodies.Length;
        var last = residual.Slice((_horizon - 1) * count, count);
        var before = residual.Slice((_horizon - 2) * count, count);
        var sum = 0.0;
        for (var axis = 0; axis < 3; axis++)
        {
            var off = 0.0;
            for (var b = 0; b < _bodies.Length; b++)
            {
                var i = (3 * b) + axis;
                off += _massShares[b] / _weights[b] * (last[i] + (_balanceSteps * (last[i] - before[i])));
            }
            off *= _balanceWeight;
            residual[(_horizon * count) + axis] = off;
            sum += off * off;
        }
        return sum;
    }

    private static void Gather(NativeArray<double> from, int[] places, NativeArray<double> to)
    {
        var source = from.Span;
        var target = to.Span;
        for (var i = 0; i < places.Length; i++)
            target[i] = source[places[i]];
    }
}
