using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// The body that imitates the animal: at each control step its controller sees the reference ahead and the body's
/// state, and the physics carries its command out. A body that falls or leaves the reference is put back onto it and the
/// reset is counted. Deterministic: same poses, same controller, same steps, bit for bit.
/// </summary>
public sealed class VirtualRodent : IDisposable
{
    private readonly BodyModel _body;
    private readonly IRodentController _controller;
    private readonly SessionClock? _clock;
    private readonly ImitationTask _task;
    private readonly ControlStep _step;

    /// <summary>Makes a rodent that waits for its first pose.</summary>
    /// <param name="body">The body, at the animal's size and with its offsets; stays the caller's.</param>
    /// <param name="controller">What drives it; stays the caller's.</param>
    /// <param name="options">Period and limits.</param>
    /// <param name="clock">The session's clock, for stamps and stage times; null where time does not matter.</param>
    public VirtualRodent(BodyModel body, IRodentController controller, VirtualRodentOptions options, SessionClock? clock = null)
    {
        _body = body;
        _controller = controller;
        _clock = clock;
        _task = new(body, controller.FutureFrames, options);
        _step = new(body.Model.Nq, body.Model.Nv, body.Model.Nu, body.Layout.Count, controller.Activations);
    }

    /// <summary>Times of the controller alone.</summary>
    public LatencyHistogram ControllerLatency { get; } = new("controller");

    /// <summary>Times of the physics steps of one control step.</summary>
    public LatencyHistogram PhysicsLatency { get; } = new("physics");

    /// <summary>How often the body was put back because it had left the reference.</summary>
    public long ResetsLeftReference { get; private set; }

    /// <summary>How often the body was put back because it had fallen.</summary>
    public long ResetsFallen { get; private set; }

    /// <summary>How often the body was put back because the physics had become invalid.</summary>
    public long ResetsUnstable { get; private set; }

    /// <summary>How often the body was put back, for whatever reason.</summary>
    public long Resets => ResetsLeftReference + ResetsFallen + ResetsUnstable;

    /// <summary>The body's present state, to be looked at (drawn, measured) on the thread that calls <see cref="Process"/>.</summary>
    public MujocoData Data => _task.Data;

    /// <summary>Where the keypoint sites of the last reference were: x, y, z per keypoint, metres; null before the first.</summary>
    public double[]? LastReference => Window.Count == 0 ? null : Window.Count == 1 ? Window.Present.Pose.SitePositions : Window[0].Pose.SitePositions;

    private ReferenceWindow Window => _task.Window;

    /// <summary>
    /// Takes the pose of one control tick and makes one control step. While the controller's window fills, the body is
    /// placed at the reference and not stepped. The returned record is reused by the next call.
    /// </summary>
    public ControlStep Process(Pose pose)
    {
        var starting = Window.Count == 0;
        Window.Push(pose);
        _step.Flags = ControlFlags.None;
        _step.ReferenceMode = ReferenceMode.Delay;
        if (starting)
        {
            _controller.Reset();
            _task.Place(Window.Present);
            _step.Flags |= ControlFlags.EpisodeStart;
        }
        if (Window.IsFull)
            Advance(Window[0]);
        else
            Wait();
        Finish(pose);
        return _step;
    }

    /// <inheritdoc/>
    public void Dispose() => _task.Dispose();

    private void Advance(ReferenceFrame target)
    {
        var start = Now();
        _controller.Act(Window, _task.Data, _step.Action, _step.Activations);
        var acted = Now();
        var reset = _task.Step(_step.Action);
        if (_clock is not null)
        {
            ControllerLatency.Record(acted - start);
            PhysicsLatency.Record(Now() - acted);
        }
        _step.ReferenceSequence = target.Pose.Stamp.Sequence;
        if ((target.Pose.Flags & (PoseFlags.Held | PoseFlags.Extrapolated | PoseFlags.TooFewKeypoints)) != 0)
            _step.Flags |= ControlFlags.ReferenceHeld;
        (_step.TotalErrorM, _step.RootErrorM) = (_task.TotalErrorM, _task.RootErrorM);
        if (reset == ControlFlags.None)
            return;
        switch (reset)
        {
            case ControlFlags.ResetLeftReference:
                ResetsLeftReference++;
                break;
            case ControlFlags.ResetFallen:
                ResetsFallen++;
                break;
            default:
                ResetsUnstable++;
                break;
        }
        _step.Flags |= reset;
        _controller.Reset();
        _task.Place(target);
    }

    private void Wait()
    {
        _step.Flags |= ControlFlags.WaitingForReference;
        _step.ReferenceSequence = RecordStamp.None;
        Array.Clear(_step.Action);
        Array.Clear(_step.Activations);
        _step.TotalErrorM = double.NaN;
        _step.RootErrorM = double.NaN;
    }

    private void Finish(Pose pose)
    {
        _task.Data.Qpos.Span.CopyTo(_step.Qpos);
        _task.Data.Qvel.Span.CopyTo(_step.Qvel);
        _body.KeypointPlaces(_task.Data, _step.SitePositions);
        _step.Stamp = pose.Stamp with { Produced = _clock?.Now ?? pose.Stamp.Produced };
    }

    private SessionTime Now() => _clock?.Now ?? default;
}
