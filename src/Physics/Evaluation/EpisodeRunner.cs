using System.Diagnostics;
using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// Runs episodes of one body under one controller: puts the body onto a frame of a reference and lets the controller
/// follow until the episode's length, a fall or a departure. For one thread; deterministic, whatever ran before.
/// </summary>
public sealed class EpisodeRunner : IDisposable
{
    private readonly IRodentController _controller;
    private readonly ImitationTask _task;
    private readonly ImitationReward? _reward;
    private readonly KeypointErrors _errors;
    private readonly MujocoData _scratch;
    private readonly Pose _pose;
    private readonly double[] _action;
    private readonly float[] _activations;

    /// <summary>Makes a runner.</summary>
    /// <param name="body">The body; stays the caller's.</param>
    /// <param name="controller">What drives it; stays the caller's.</param>
    /// <param name="options">Period and limits; the limits decide what ends an episode.</param>
    /// <param name="rewards">What is rewarded; null: rewards and power are not computed.</param>
    /// <exception cref="ClosedLoopException">The control period does not fit the physics, or the body is no rodent and rewards were asked for.</exception>
    public EpisodeRunner(BodyModel body, IRodentController controller, VirtualRodentOptions options, ImitationRewardOptions? rewards = null)
    {
        _controller = controller;
        _task = new(body, controller.FutureFrames, options);
        _reward = rewards is null ? null : new(body, _task, rewards);
        _errors = new(body);
        _scratch = new(body.Model);
        _pose = new(body.Model.Nq, body.Model.Nv, body.Layout.Count);
        _action = new double[body.Model.Nu];
        _activations = new float[controller.Activations.TotalSize];
    }

    /// <summary>Frames of the reference that an episode needs beyond its last step, for the controller to look at.</summary>
    public int Ahead => _controller.FutureFrames - 1;

    /// <summary>Runs one episode.</summary>
    /// <param name="poses">The reference, poses of this runner's body.</param>
    /// <param name="start">The frame to put the body onto.</param>
    /// <param name="steps">Control steps; <paramref name="start"/> + steps + <see cref="Ahead"/> must be a frame.</param>
    /// <param name="number">The episode's number among those of an evaluation, from which a controller's noise follows.</param>
    public EpisodeTrace Run(IReferencePoses poses, int start, int steps, int number = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(start + steps + Ahead, poses.Frames, nameof(steps));
        var trace = new EpisodeTrace(poses, start, steps, _errors.Parts);
        Begin(poses, start, number);
        for (var step = 0; step < steps; step++)
        {
            if (step > 0)
                Push(poses, start + step + _controller.FutureFrames);
            var began = Stopwatch.GetTimestamp();
            _controller.Act(_task.Window, _task.Data, _action, _activations);
            trace.ControllerMs[step] = (float)Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            trace.End = _task.Step(_action);
            trace.Steps = step + 1;
            Measure(trace, step);
            if (trace.End != ControlFlags.None)
                break;
        }
        return trace;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scratch.Dispose();
        _task.Dispose();
    }

    private void Begin(IReferencePoses poses, int start, int number)
    {
        _controller.BeginEpisode(number);
        _task.Window.Clear();
        for (var ahead = 0; ahead <= _controller.FutureFrames; ahead++)
            Push(poses, start + ahead);
        _task.Place(_task.Window.Present);
        // The first action changes from the one that would have held the posture.
        for (var i = 0; i < _action.Length; i++)
            _action[i] = Math.Clamp(_task.Window.Present.SetPoints[i], -1, 1);
        _reward?.Reset(_action);
    }

    private void Push(IReferencePoses poses, int frame)
    {
        poses.Write(frame, _scratch, _pose);
        _task.Window.Push(_pose);
    }

    private void Measure(EpisodeTrace trace, int step)
    {
        trace.TotalErrorMm[step] = (float)(1000 * _task.TotalErrorM);
        trace.RootErrorMm[step] = (float)(1000 * _task.RootErrorM);
        trace.Reward[step] = trace.PowerW[step] = float.NaN;
        var parts = _errors.Parts.Names.Count;
        var world = trace.PartErrorMm.AsSpan(step * parts, parts);
        var aligned = trace.PartPoseErrorMm.AsSpan(step * parts, parts);
        if (trace.End == ControlFlags.ResetUnstable)
        {
            trace.PoseErrorMm[step] = float.NaN;
            world.Fill(float.NaN);
            aligned.Fill(float.NaN);
            return;
        }
        trace.PoseErrorMm[step] = _errors.Measure(_task.Data, _task.Window[0].Pose, world, aligned);
        if (_reward is null)
            return;
        trace.Reward[step] = (float)_reward.Judge(_task.Window[0], _action, trace.End != ControlFlags.None);
        trace.PowerW[step] = (float)_reward.PowerW;
    }
}
