using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// The task of imitation: a body in the physics, the reference ahead of it, and the judgement of how near it keeps. It
/// takes one motor command a control step from whoever gives it: a controller in a session or an evaluation, a trainer.
/// </summary>
/// <remarks>Deterministic: the same poses and actions give the same steps, bit for bit. Allocates nothing after construction.</remarks>
public sealed class ImitationTask : IDisposable
{
    private readonly BodyModel _body;
    private readonly VirtualRodentOptions _options;
    private readonly int _substeps;
    private readonly double _minimumQuaternionDot;

    /// <summary>Makes a task whose window is empty.</summary>
    /// <param name="body">The body, at the animal's size; stays the caller's.</param>
    /// <param name="futureFrames">Frames of the reference ahead that are looked at, the next one included.</param>
    /// <param name="options">Period and limits.</param>
    /// <exception cref="ClosedLoopException">The control period is no whole number of physics steps.</exception>
    public ImitationTask(BodyModel body, int futureFrames, VirtualRodentOptions options)
    {
        _body = body;
        _options = options;
        Data = new(body.Model);
        Window = new(body, futureFrames);
        _substeps = (int)Math.Round(options.ControlPeriodS / body.Model.TimestepS);
        if (_substeps < 1 || Math.Abs((_substeps * body.Model.TimestepS) - options.ControlPeriodS) > 1e-9)
            throw ClosedLoopException.Usage(
                $"the control period of {options.ControlPeriodS} s is not a whole number of the body's physics steps of {body.Model.TimestepS} s");
        // The angle between two unit quaternions is 2 acos |dot|.
        _minimumQuaternionDot = Math.Cos(options.FallLimitDeg * Math.PI / 360);
    }

    /// <summary>The body's present state.</summary>
    public MujocoData Data { get; }

    /// <summary>The reference ahead, and the frame at which the body stands.</summary>
    public ReferenceWindow Window { get; }

    /// <summary>Mean distance between the body's keypoint sites and the reference's after the last step, metres; NaN where the physics failed.</summary>
    public double TotalErrorM { get; private set; } = double.NaN;

    /// <summary>Distance between the body's root and the reference's after the last step, metres; NaN where the physics failed.</summary>
    public double RootErrorM { get; private set; } = double.NaN;

    /// <summary>
    /// Puts the body onto a frame of the reference: its posture and velocity, and the actuators as if it had held the
    /// posture for a while.
    /// </summary>
    public void Place(ReferenceFrame frame)
    {
        var time = Data.TimeS;
        Data.Reset();
        Data.TimeS = time;
        frame.Pose.Qpos.CopyTo(Data.Qpos.Span);
        frame.Pose.Qvel.CopyTo(Data.Qvel.Span);
        if (Data.Act.Span.Length == frame.SetPoints.Length)
            frame.Hold(Data.Act.Span);
        Data.Kinematics();
        (TotalErrorM, RootErrorM) = (double.NaN, double.NaN);
    }

    /// <summary>Carries a motor command out for one control step towards the window's next frame.</summary>
    /// <param name="action">One number per actuator, in [-1, 1].</param>
    /// <returns>Why the episode ends with this step; <see cref="ControlFlags.None"/> where it goes on. The body is not put back.</returns>
    public ControlFlags Step(ReadOnlySpan<double> action)
    {
        var failed = Advance(action);
        return failed == ControlFlags.None ? Compare(Window[0].Pose) : failed;
    }

    /// <summary>Carries a motor command out for one control step and judges nothing but the physics.</summary>
    /// <param name="action">One number per actuator, in [-1, 1].</param>
    /// <returns><see cref="ControlFlags.ResetUnstable"/> where the physics failed, else <see cref="ControlFlags.None"/>.</returns>
    public ControlFlags Advance(ReadOnlySpan<double> action)
    {
        action.CopyTo(Data.Ctrl.Span);
        (TotalErrorM, RootErrorM) = (double.NaN, double.NaN);
        try
        {
            Data.Step(_substeps);
            // NB: after a step MuJoCo's positions of bodies and sites are those of before it.
            Data.Kinematics();
        }
        catch (PhysicsUnstableException)
        {
            return ControlFlags.ResetUnstable;
        }
        return ControlFlags.None;
    }

    /// <summary>Measures how far the body is from a pose and judges it: <see cref="TotalErrorM"/> and <see cref="RootErrorM"/> are then of it.</summary>
    /// <param name="reference">Where the body should be now.</param>
    /// <returns>Why the episode ends; <see cref="ControlFlags.None"/> where it goes on.</returns>
    public ControlFlags Compare(Pose reference)
    {
        var sum = 0.0;
        for (var k = 0; k < _body.KeypointSites.Length; k++)
            sum += Distance(Data.SitePositions.Row(_body.KeypointSites[k]), reference.SitePositions.AsSpan(3 * k, 3));
        TotalErrorM = sum / _body.KeypointSites.Length;
        RootErrorM = Distance(Data.Qpos.Span[..3], reference.Qpos.AsSpan(0, 3));
        return Judge(reference);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Window.Dispose();
        Data.Dispose();
    }

    private ControlFlags Judge(Pose reference)
    {
        if (RootErrorM > _options.LeaveLimitM)
            return ControlFlags.ResetLeftReference;
        var dot = 0.0;
        for (var i = 3; i < 7; i++)
            dot += Data.Qpos[i] * reference.Qpos[i];
        if (Math.Abs(dot) < _minimumQuaternionDot)
            return ControlFlags.ResetFallen;
        if (_options.JointLimitRad is { } limit)
        {
            var joints = 0.0;
            for (var i = 7; i < reference.Qpos.Length; i++)
                joints += (Data.Qpos[i] - reference.Qpos[i]) * (Data.Qpos[i] - reference.Qpos[i]);
            if (joints > limit * limit)
                return ControlFlags.ResetLeftReference;
        }
        var height = Data.BodyPositions.Row(_body.RootBody)[2];
        return height < _options.LowestRootM || height > _options.HighestRootM ? ControlFlags.ResetFallen : ControlFlags.None;
    }

    private static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var (x, y, z) = (a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        return Math.Sqrt((x * x) + (y * y) + (z * z));
    }
}
