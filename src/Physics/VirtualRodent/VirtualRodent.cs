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
    private readonly VirtualRodentOptions _options;
    private readonly SessionClock? _clock;
    private readonly MujocoData _data;
    private readonly ReferenceWindow _window;
    private readonly ControlStep _step;
    private readonly int _substeps;
    private readonly double _minimumQuaternionDot;

    /// <summary>Makes a rodent that waits for its first pose.</summary>
    /// <param name="body">The body, at the animal's size and with its offsets; stays the caller's.</param>
    /// <param name="controller">What drives it; stays the caller's.</param>
    /// <param name="options">Period and limits.</param>
    /// <param name="clock">The session's clock, for stamps and stage times; null where time does not matter.</param>
    public VirtualRodent(BodyModel body, IRodentController controller, VirtualRodentOptions options, SessionClock? clock = null)
    {
        _body = body;
        _controller = controller;
        _options = options;
        _clock = clock;
        _data = new(body.Model);
        _window = new(body, controller.FutureFrames);
        _step = new(body.Model.Nq, body.Model.Nv, body.Model.Nu, body.Layout.Count, controller.Activations);
        _substeps = (int)Math.Round(options.ControlPeriodS / body.Model.TimestepS);
        if (_substeps < 1 || Math.Abs((_substeps * body.Model.TimestepS) - options.ControlPeriodS) > 1e-9)
            throw ClosedLoopException.Usage(
                $"the control period of {options.ControlPeriodS} s is not a whole number of the body's physics steps of {body.Model.TimestepS} s");
        // The angle between two unit quaternions is 2 acos |dot|.
        _minimumQuaternionDot = Math.Cos(options.FallLimitDeg * Math.PI / 360);
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
    public MujocoData Data => _data;

    /// <summary>Where the keypoint sites of the last reference were: x, y, z per keypoint, metres; null before the first.</summary>
    public double[]? LastReference => _window.Count == 0 ? null : _window.Count == 1 ? _window.Present.Pose.SitePositions : _window[0].Pose.SitePositions;

    /// <summary>Forgets the reference: the next pose places the body, as at the start of an episode.</summary>
    public void Restart() => _window.Clear();

    /// <summary>
    /// Takes the pose of one control tick and makes one control step. While the controller's window fills, the body is
    /// placed at the reference and not stepped. The returned record is reused by the next call.
    /// </summary>
    public ControlStep Process(Pose pose)
    {
        var starting = _window.Count == 0;
        _window.Push(pose);
        _step.Flags = ControlFlags.None;
        _step.ReferenceMode = ReferenceMode.Delay;
        if (starting)
        {
            _controller.Reset();
            PlaceAt(_window.Present);
            _step.Flags |= ControlFlags.EpisodeStart;
        }
        if (_window.IsFull)
            Advance(_window[0]);
        else
            Wait();
        Finish(pose);
        return _step;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _window.Dispose();
        _data.Dispose();
    }

    private void Advance(ReferenceFrame target)
    {
        var start = Now();
        _controller.Act(_window, _data, _step.Action, _step.Activations);
        var acted = Now();
        _step.Action.CopyTo(_data.Ctrl.Span);
        var reset = ControlFlags.None;
        try
        {
            _data.Step(_substeps);
            // NB: after a step MuJoCo's positions of bodies and sites are those of before it.
            _data.Kinematics();
        }
        catch (PhysicsUnstableException)
        {
            reset = ControlFlags.ResetUnstable;
            ResetsUnstable++;
        }
        if (_clock is not null)
        {
            ControllerLatency.Record(acted - start);
            PhysicsLatency.Record(Now() - acted);
        }
        _step.ReferenceSequence = target.Pose.Stamp.Sequence;
        if ((target.Pose.Flags & (PoseFlags.Held | PoseFlags.Extrapolated | PoseFlags.TooFewKeypoints)) != 0)
            _step.Flags |= ControlFlags.ReferenceHeld;
        if (reset == ControlFlags.None)
        {
            MeasureErrors(target.Pose);
            reset = Judge(target.Pose);
        }
        else
        {
            _step.TotalErrorM = double.NaN;
            _step.RootErrorM = double.NaN;
        }
        if (reset == ControlFlags.None)
            return;
        _step.Flags |= reset;
        _controller.Reset();
        PlaceAt(target);
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
        _data.Qpos.Span.CopyTo(_step.Qpos);
        _data.Qvel.Span.CopyTo(_step.Qvel);
        for (var k = 0; k < _body.KeypointSites.Length; k++)
            _data.SitePositions.Row(_body.KeypointSites[k]).CopyTo(_step.SitePositions.AsSpan(3 * k));
        _step.Stamp = pose.Stamp with { Produced = _clock?.Now ?? pose.Stamp.Produced };
    }

    private void MeasureErrors(Pose reference)
    {
        var sum = 0.0;
        for (var k = 0; k < _body.KeypointSites.Length; k++)
            sum += Distance(_data.SitePositions.Row(_body.KeypointSites[k]), reference.SitePositions.AsSpan(3 * k, 3));
        _step.TotalErrorM = sum / _body.KeypointSites.Length;
        _step.RootErrorM = Distance(_data.Qpos.Span[..3], reference.Qpos.AsSpan(0, 3));
    }

    private ControlFlags Judge(Pose reference)
    {
        if (_step.RootErrorM > _options.LeaveLimitM)
        {
            ResetsLeftReference++;
            return ControlFlags.ResetLeftReference;
        }
        var dot = 0.0;
        for (var i = 3; i < 7; i++)
            dot += _data.Qpos[i] * reference.Qpos[i];
        if (Math.Abs(dot) >= _minimumQuaternionDot)
            return ControlFlags.None;
        ResetsFallen++;
        return ControlFlags.ResetFallen;
    }

    private void PlaceAt(ReferenceFrame frame)
    {
        var time = _data.TimeS;
        _data.Reset();
        _data.TimeS = time;
        frame.Pose.Qpos.CopyTo(_data.Qpos.Span);
        frame.Pose.Qvel.CopyTo(_data.Qvel.Span);
        // The activations that would hold this posture, as if the body had been in it for a while.
        if (_data.Act.Span.Length == frame.SetPoints.Length)
            for (var i = 0; i < frame.SetPoints.Length; i++)
                _data.Act[i] = Math.Clamp(frame.SetPoints[i], -1, 1);
        _data.Kinematics();
    }

    private SessionTime Now() => _clock?.Now ?? default;

    private static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var (x, y, z) = (a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        return Math.Sqrt((x * x) + (y * y) + (z * z));
    }
}
