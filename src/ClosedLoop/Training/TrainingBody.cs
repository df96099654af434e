using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Training;

/// <summary>One of the bodies that are trained on: its episodes, what it observes, and what the planner would do.</summary>
public sealed class TrainingBody : IDisposable
{
    private readonly BodyModel _body;
    private readonly TrainingOptions _options;
    private readonly ReferencePool _pool;
    private readonly RandomStream _random;
    private readonly ImitationTask _task;
    private readonly ImitationReward _reward;
    private readonly ImitationObservation _observation;
    private readonly PlannerController _planner;
    private readonly PoseMirror _mirror;
    private readonly MujocoData _scratch;
    private readonly Pose _pose;
    private readonly double[] _planned;
    private readonly double[] _action;
    private readonly int[] _hinges;
    private MujocoData? _bare;
    private ReferenceMotion? _motion;
    private int _frame, _steps;
    private double _jitter;

    /// <summary>Makes a body that has not begun its first episode.</summary>
    public TrainingBody(BodyModel body, TrainingOptions options, ReferencePool pool, int number)
    {
        (_body, _options, _pool) = (body, options, pool);
        _random = new(options.Seed, $"training body {number}");
        _task = new(body, options.FutureFrames, options.Task);
        _reward = new(body, _task, options.Reward);
        _observation = new(body, options.FutureFrames);
        _planner = new(body, options.Task.ControlPeriodS, options.Planner);
        _mirror = new(body.Model);
        _scratch = new(body.Model);
        _pose = new(body.Model.Nq, body.Model.Nv, body.Layout.Count);
        _hinges = new RodentParts(body).ReferenceHinges;
        (_planned, _action) = (new double[body.Model.Nu], new double[body.Model.Nu]);
    }

    /// <summary>What an observation is made of.</summary>
    public ObservationLayout Layout => _observation.Layout;

    /// <summary>The mirror image of what is observed and done.</summary>
    internal ImitationMirror Image => new(_body, _observation);

    /// <summary>Reward of the last step; 0 at the first observation of all.</summary>
    public double Reward { get; private set; }

    /// <summary>Mean keypoint error after the last step, metres; NaN where there is none.</summary>
    public double ErrorM { get; private set; } = double.NaN;

    /// <summary>How the last step ended its episode; a new one has begun then.</summary>
    public EpisodeEnd End { get; private set; }

    /// <summary>What the animal of the reference does at the present frame.</summary>
    public string Behaviour => _motion!.Behaviour(Math.Min(_frame, _motion.Frames - 1));

    /// <summary>Puts the body at the start of a new episode: a clip, a frame, a side, and a little off.</summary>
    public void Begin()
    {
        var (clip, scale) = _pool.Draw(_random);
        _motion = new(_body, clip, scale, _options.Task.ControlPeriodS, _options.Mirror && _random.Uniform() < 0.5 ? _mirror : null);
        var latest = Math.Max(0, _motion.Frames - 1 - _options.FutureFrames - _options.ShortestEpisodeSteps);
        _frame = (int)(_random.Uniform() * (latest + 1));
        _steps = 0;
        _jitter = _random.Uniform() < 0.5 ? 0 : _options.ReferenceJitterRad * _random.Uniform();
        _task.Window.Clear();
        for (var ahead = 0; ahead <= _options.FutureFrames; ahead++)
            Push(_frame + ahead);
        _task.Place(_task.Window.Present);
        var data = _task.Data;
        for (var i = 0; i < 3; i++)
            data.Qpos[i] += (i == 2 ? 0.3 : 1) * _options.StartRootNoiseM * _random.Normal();
        for (var i = 7; i < _body.Model.Nq && _options.StartJointNoiseRad > 0; i++)
        {
            var (low, high) = _body.HingeRanges[i - 1];
            data.Qpos[i] = Math.Clamp(data.Qpos[i] + (_options.StartJointNoiseRad * _random.Normal()), low, high);
        }
        data.Kinematics();
        _reward.Reset(data.Act.Span.Length == _action.Length ? data.Act.Span : _action);
    }

    /// <summary>Makes one control step; where the episode ends, the next begins.</summary>
    /// <param name="action">One number per actuator; limited to [-1, 1].</param>
    public void Step(ReadOnlySpan<float> action)
    {
        for (var i = 0; i < _action.Length; i++)
            _action[i] = Math.Clamp(action[i], -1f, 1f);
        var ended = _task.Step(_action);
        ErrorM = _task.TotalErrorM;
        Reward = ended == ControlFlags.ResetUnstable ? 0 : _reward.Judge(_task.Window[0], _action, ended != ControlFlags.None);
        _frame++;
        _steps++;
        var over = _steps >= _options.EpisodeSteps || _frame + _options.FutureFrames >= _motion!.Frames;
        End = ended != ControlFlags.None ? EpisodeEnd.Failed : over ? EpisodeEnd.Complete : EpisodeEnd.None;
        if (End != EpisodeEnd.None)
            Begin();
        else
            Push(_frame + _options.FutureFrames);
    }

    /// <summary>Writes what the body observes before its next step.</summary>
    public void Observe(Span<float> observation) => _observation.Write(_task.Window, _task.Data, observation);

    /// <summary>Writes what the planner would do now, and how much it matters (see <see cref="PlannerController.Curvature"/>).</summary>
    /// <param name="proposal">What the trainer's network would do, which the planner begins with.</param>
    /// <param name="action">Receives the plan's first action.</param>
    /// <param name="curvature">Receives the matrix.</param>
    public void Plan(ReadOnlySpan<float> proposal, Span<float> action, Span<float> curvature)
    {
        for (var i = 0; i < _action.Length; i++)
            _action[i] = Math.Clamp(proposal[i], -1f, 1f);
        _planner.ActFrom(_action, _task.Window, _task.Data, _planned);
        for (var i = 0; i < _planned.Length; i++)
            action[i] = (float)_planned[i];
        _planner.Curvature(curvature);
    }

    /// <summary>The actions by which position servos would hold the next frame.</summary>
    internal void SetPoints(Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = (float)Math.Clamp(_task.Window[0].SetPoints[i], -1, 1);
    }

    /// <summary>Steps a copy of the body by the physics alone, under the inputs it has: what a measurement compares with.</summary>
    internal void StepBare(int steps) => _bare!.Step(steps);

    /// <summary>Makes that copy anew.</summary>
    internal void CopyBare()
    {
        _bare ??= new(_body.Model);
        _bare.CopyFrom(_task.Data);
        _task.Window[0].Hold(_bare.Ctrl.Span);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _planner.Dispose();
        _task.Dispose();
        _scratch.Dispose();
        _bare?.Dispose();
    }

    private void Push(int frame)
    {
        _motion!.Write(frame, _scratch, _pose);
        if (_jitter > 0)
        {
            // NB: the velocities are left as they are; only where an episode begins are they looked at.
            foreach (var hinge in _hinges)
            {
                var (low, high) = _body.HingeRanges[hinge - 1];
                _pose.Qpos[hinge] = Math.Clamp(_pose.Qpos[hinge] + (_jitter * _random.Normal()), low, high);
            }
            for (var axis = 0; axis < 3; axis++)
                _pose.Qpos[axis] += 0.04 * _jitter * _random.Normal();
        }
        _task.Window.Push(_pose);
    }
}
