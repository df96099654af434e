using System.Diagnostics;
using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Registers live: one pose per control tick. Each solve begins from the pose before; keypoints that are missing, in
/// doubt, exchanged or far off are dealt with and flagged; where none arrive the pose is carried forward.
/// </summary>
/// <remarks>
/// Poses are relative to the animal's floor, which is at height 0, and what no keypoint shows (tail, jaw) is at rest there
/// or just above the floor. Runs on one thread, allocates nothing per tick, and gives the same poses bit for bit for the
/// same ticks (the stamps' times of production excepted).
/// </remarks>
public sealed class Registrar : IDisposable
{
    private const double OutlierRatio = 4;
    private const double LargestOutlierShare = 0.34;
    private const double VelocityDecay = 0.7;
    private const int OldestExpectation = 10;
    private const int TicksBetweenRestarts = 5;

    private readonly MujocoModel _model;
    private readonly RegistrarOptions _options;
    private readonly SessionClock? _clock;
    private readonly double _floorM;
    private readonly double _periodS;
    private readonly PoseSolver _solver;
    private readonly TrunkStart _start;
    private readonly SideSwap _sides;
    private readonly FloorClearance? _clearance;
    private readonly Pose _pose;
    private readonly double[] _targets;
    private readonly double[] _weights;
    private readonly double[] _kept;
    private readonly double[] _bestWeights;
    private readonly double[] _bestErrors;
    private readonly double[] _sorted;
    private readonly double[] _solved;
    private readonly double[] _velocity;
    private readonly double[] _candidate;
    private readonly double[] _expected;
    private bool _hasPose;
    private long _lastTick;
    private long _solvedTick;
    private long _restartTick;
    private SessionTime _captured;

    /// <summary>Makes a registrar for one animal.</summary>
    /// <param name="body">The animal's body, from <see cref="AnimalFile.Apply"/>; it must outlive the registrar.</param>
    /// <param name="animal">The animal.</param>
    /// <param name="options">How keypoints are judged.</param>
    /// <param name="framePeriodS">Time from one control tick to the next, seconds.</param>
    /// <param name="clock">Where the time of production comes from; null: each tick's own time.</param>
    public Registrar(BodyModel body, AnimalFile animal, RegistrarOptions options, double framePeriodS, SessionClock? clock = null)
    {
        if (!(framePeriodS > 0))
            throw ClosedLoopException.Usage($"a frame period of {framePeriodS} s is not possible; give the time from one frame to the next, as in 0.02");
        _model = body.Model;
        _options = options;
        _clock = clock;
        _floorM = animal.FloorHeightM;
        _periodS = framePeriodS;
        // Targets are taken relative to the floor.
        _solver = new(body, options.Solver) { FloorHeightM = animal.HasFloor ? 0 : double.NaN };
        _start = new(_solver);
        _sides = new(body.Layout);
        _clearance = animal.HasFloor ? new(_solver.Tree, _solver.RestPose) : null;
        var count = body.Layout.Count;
        _pose = new(_model.Nq, _model.Nv, count);
        _targets = new double[3 * count];
        _weights = new double[count];
        _kept = new double[count];
        _bestWeights = new double[count];
        _bestErrors = new double[count];
        _sorted = new double[count];
        _expected = new double[3 * count];
        _solved = new double[_model.Nq];
        _candidate = new double[_model.Nq];
        _velocity = new double[_model.Nv];
        Reset();
    }

    /// <summary>How long each call took.</summary>
    public LatencyHistogram Latency { get; } = new("registration");

    /// <summary>Forgets the pose before: the next tick begins from the trunk.</summary>
    public void Reset()
    {
        _hasPose = false;
        _solver.RestPose.CopyTo(_pose.Qpos, 0);
        Array.Clear(_velocity);
        _restartTick = long.MinValue / 2;
        _captured = SessionTime.Zero;
    }

    /// <summary>The pose of one tick; lent until the next call.</summary>
    public Pose Process(in ControlTick tick)
    {
        var started = Stopwatch.GetTimestamp();
        var gap = _hasPose ? Math.Max(1, tick.Index - _lastTick) : 1;
        _lastTick = tick.Index;
        _pose.Flags = PoseFlags.None;
        _pose.KeypointsSequence = RecordStamp.None;
        _pose.MeanMarkerErrorM = double.NaN;
        _pose.KeypointsUsed = 0;
        _pose.Iterations = 0;
        var keypoints = tick.Keypoints;
        if (keypoints is not null && keypoints.Layout.Count != _weights.Length)
            throw ClosedLoopException.Usage($"a set of {keypoints.Layout.Count} keypoints came for a body with {_weights.Length}: {string.Join(", ", keypoints.Layout.Names)}");
        if (keypoints is not null && Take(keypoints) >= _options.MinimumKeypoints)
            Register(tick.Index);
        else
            Carry(tick.Index, gap, keypoints is not null);
        if (keypoints is not null)
        {
            _pose.KeypointsSequence = keypoints.Stamp.Sequence;
            _captured = keypoints.Stamp.Captured;
        }
        _solver.SitePositions(_pose.Qpos, _pose.SitePositions);
        var stamp = keypoints?.Stamp;
        _pose.Stamp = new(
            tick.Index, stamp?.DeviceCounter ?? RecordStamp.None, stamp?.DeviceTimeNs ?? RecordStamp.None,
            _hasPose || stamp is not null ? _captured : tick.Time, _clock?.Now ?? tick.Time);
        Latency.Record((long)Stopwatch.GetElapsedTime(started).TotalNanoseconds);
        return _pose;
    }

    /// <summary>Holds nothing native of its own; the body belongs to whoever compiled it.</summary>
    public void Dispose()
    {
    }

    /// <summary>Takes over positions, relative to the floor, and weights; counts the keypoints that can be used.</summary>
    private int Take(Keypoints keypoints)
    {
        var used = 0;
        for (var k = 0; k < _weights.Length; k++)
        {
            var good = keypoints.IsPresent(k) && keypoints.Confidence[k] >= _options.MinimumConfidence;
            _weights[k] = good ? keypoints.Confidence[k] : 0;
            var p = keypoints.Position(k);
            (_targets[3 * k], _targets[(3 * k) + 1], _targets[(3 * k) + 2]) = (p[0], p[1], p[2] - _floorM);
            if (good)
                used++;
        }
        if (used < _weights.Length)
            _pose.Flags |= PoseFlags.Partial;
        return used;
    }

    private void Register(long index)
    {
        var jump = false;
        var solution = new PoseSolution(double.NaN, double.PositiveInfinity, 0, false);
        if (_hasPose)
        {
            var sinceSolved = index - _solvedTick;
            var count = _sides.Displacements(_targets, _weights, _pose.SitePositions, _sorted);
            _sorted.AsSpan(0, count).Sort();
            jump = count > 0 && _sorted[count / 2] > (_options.MaximumSpeedMPerS * _periodS * sinceSolved) + _options.BadFitM;
            _pose.Qpos.CopyTo(_candidate, 0);
            if (jump)
                _pose.Flags |= PoseFlags.Jump;
            else
            {
                if (sinceSolved == 1)
                    Advance(_candidate, _periodS);
                if (sinceSolved <= OldestExpectation)
                {
                    _solver.SitePositions(_candidate, _expected);
                    if (_sides.Undo(_targets, _weights, _expected, _options.SwapGainM))
                        _pose.Flags |= PoseFlags.LeftRightSwap;
                }
                solution = SolveAndReject();
                Keep(solution);
            }
        }
        if (IsBad(solution) && (!_hasPose || jump || index - _restartTick >= TicksBetweenRestarts))
        {
            _restartTick = index;
            solution = Restart(solution);
        }
        Finish(index, solution, jump);
    }

    /// <summary>Begins again from the trunk, with the sides exchanged too where nothing else fits, and keeps the best pose.</summary>
    private PoseSolution Restart(PoseSolution best)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var exchanged = attempt == 1;
            if (exchanged)
                _sides.ExchangeAll(_targets, _weights);
            _start.Solve(_targets, _weights, _candidate, _options.BadFitM / 2);
            var solution = SolveAndReject();
            // Exchanged sides must explain the keypoints much better, not just a little.
            if (solution.Cost < (exchanged ? 0.5 : 1) * best.Cost)
            {
                best = solution;
                Keep(solution);
                _pose.Flags |= PoseFlags.Restarted;
                if (exchanged)
                    _pose.Flags ^= PoseFlags.LeftRightSwap;
            }
            else if (exchanged)
                _sides.ExchangeAll(_targets, _weights);
            if (!IsBad(best))
                break;
        }
        return best;
    }

    private bool IsBad(in PoseSolution solution) => !(solution.MeanErrorM <= _options.BadFitM);

    /// <summary>Solves from the candidate, and again without the keypoints that are far off while the others fit.</summary>
    private PoseSolution SolveAndReject()
    {
        _weights.CopyTo(_kept, 0);
        var solution = _solver.Solve(_targets, _kept, _candidate);
        for (var round = 0; round < 2; round++)
        {
            var used = 0;
            for (var k = 0; k < _kept.Length; k++)
                if (double.IsFinite(_solver.Errors[k]))
                    _sorted[used++] = _solver.Errors[k];
            _sorted.AsSpan(0, used).Sort();
            var limit = Math.Max(_options.OutlierM, OutlierRatio * _sorted[used / 2]);
            var far = 0;
            for (var k = 0; k < _kept.Length; k++)
                if (_solver.Errors[k] > limit)
                    far++;
            if (far == 0 || far > LargestOutlierShare * used || used - far < _options.MinimumKeypoints)
                break;
            for (var k = 0; k < _kept.Length; k++)
                if (_solver.Errors[k] > limit)
                    _kept[k] = 0;
            var before = solution.Iterations;
            solution = _solver.Solve(_targets, _kept, _candidate);
            solution = solution with { Iterations = before + solution.Iterations };
        }
        // NB: a keypoint that was left out costs what it would have cost at most, or leaving out would always win.
        var penalty = _options.Solver.RobustScaleM * _options.Solver.RobustScaleM;
        var cost = solution.Cost;
        for (var k = 0; k < _kept.Length; k++)
            if (_kept[k] == 0)
                cost += _weights[k] * penalty;
        return solution with { Cost = cost };
    }

    /// <summary>Remembers the candidate as the best pose so far.</summary>
    private void Keep(in PoseSolution solution)
    {
        _candidate.CopyTo(_pose.Qpos, 0);
        _kept.CopyTo(_bestWeights, 0);
        _solver.Errors.CopyTo(_bestErrors, 0);
        _pose.Iterations = solution.Iterations;
    }

    private void Finish(long index, in PoseSolution solution, bool jump)
    {
        var used = 0;
        for (var k = 0; k < _weights.Length; k++)
        {
            if (_bestWeights[k] > 0)
                used++;
            else if (_weights[k] > 0)
                _pose.Flags |= PoseFlags.Outliers;
        }
        _pose.KeypointsUsed = used;
        _pose.MeanMarkerErrorM = solution.MeanErrorM;
        if (!solution.Converged)
            _pose.Flags |= PoseFlags.NotConverged;
        // The two signs of a quaternion are one rotation; staying with one keeps recorded streams smooth.
        var dot = 0.0;
        for (var i = 3; i < 7; i++)
            dot += _pose.Qpos[i] * _solved[i];
        if (_hasPose && dot < 0)
            for (var i = 3; i < 7; i++)
                _pose.Qpos[i] = -_pose.Qpos[i];
        _clearance?.Lift(_pose.Qpos);
        // NB: over the true time since the last solved pose, not over the physics' time step, and not across a jump or a
        // restart, where the difference of two poses is no motion.
        if (_hasPose && !jump && (_pose.Flags & PoseFlags.Restarted) == 0)
            _model.Differentiate(_solved, _pose.Qpos, (index - _solvedTick) * _periodS, _velocity);
        else
            Array.Clear(_velocity);
        _velocity.CopyTo(_pose.Qvel, 0);
        _pose.Qpos.CopyTo(_solved, 0);
        _solvedTick = index;
        _hasPose = true;
    }

    /// <summary>Carries the pose along its fading velocity for some ticks, then holds it.</summary>
    private void Carry(long index, long gap, bool tooFew)
    {
        var moves = _hasPose && index - _solvedTick <= _options.ExtrapolatedTicks;
        _pose.Flags |= tooFew ? PoseFlags.TooFewKeypoints : moves ? PoseFlags.Extrapolated : PoseFlags.Held;
        if (!moves)
        {
            Array.Clear(_velocity);
            Array.Clear(_pose.Qvel);
            return;
        }
        for (long i = 0; i < gap; i++)
        {
            for (var d = 0; d < _velocity.Length; d++)
                _velocity[d] *= VelocityDecay;
            Advance(_pose.Qpos, _periodS);
        }
        _clearance?.Lift(_pose.Qpos);
        _velocity.CopyTo(_pose.Qvel, 0);
    }

    /// <summary>Moves a pose along the velocity, inside the joint limits.</summary>
    private void Advance(Span<double> qpos, double seconds)
    {
        _model.Integrate(qpos, _velocity, seconds);
        _solver.ClampToLimits(qpos);
    }
}
