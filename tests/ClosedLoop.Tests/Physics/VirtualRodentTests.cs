using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics;

public sealed class VirtualRodentTests : IDisposable
{
    private readonly BodyModel _body = RodentBody.Describe().Compile(KeypointLayout.Rat23);
    private readonly double[] _standing = RodentBody.StandingPose();

    public void Dispose() => _body.Dispose();

    [Fact]
    public void A_servo_holds_a_standing_body_where_it_stands()
    {
        using var controller = new ServoController(_body);
        using var rodent = new VirtualRodent(_body, controller, new());
        var step = rodent.Process(PoseAt(0, 0));
        for (var tick = 1; tick <= 100; tick++)
            step = rodent.Process(PoseAt(tick, 0));
        Assert.Equal(0, rodent.Resets);
        Assert.InRange(step.TotalErrorM, 0, 0.010);
        Assert.InRange(step.RootErrorM, 0, 0.010);
    }

    [Fact]
    public void Leaving_the_reference_by_more_than_the_limit_puts_the_body_back_and_is_counted()
    {
        using var controller = new ServoController(_body);
        using var rodent = new VirtualRodent(_body, controller, new());
        for (var tick = 0; tick < 10; tick++)
            rodent.Process(PoseAt(tick, 0));
        var step = rodent.Process(PoseAt(10, 0.5));
        Assert.True(step.Flags.HasFlag(ControlFlags.ResetLeftReference));
        Assert.Equal(1, rodent.ResetsLeftReference);
        // The error is the one that led to the reset, and the body stands at the reference afterwards.
        Assert.InRange(step.RootErrorM, 0.45, 0.55);
        Assert.Equal(0.5 + _standing[0], step.Qpos[0], 1e-12);
        Assert.False(rodent.Process(PoseAt(11, 0.5)).Flags.HasFlag(ControlFlags.ResetLeftReference));
    }

    [Fact]
    public void A_body_that_lies_on_its_side_against_its_reference_has_fallen()
    {
        using var controller = new ServoController(_body);
        using var rodent = new VirtualRodent(_body, controller, new());
        rodent.Process(PoseAt(0, 0));
        rodent.Process(PoseAt(1, 0));
        var lying = PoseAt(2, 0);
        (lying.Qpos[3], lying.Qpos[4]) = (Math.Cos(0.7), Math.Sin(0.7));
        (lying.Qpos[5], lying.Qpos[6]) = (0, 0);
        Assert.True(rodent.Process(lying).Flags.HasFlag(ControlFlags.ResetFallen));
        Assert.Equal(1, rodent.ResetsFallen);
    }

    [Fact]
    public void A_reference_that_breaks_the_physics_is_survived_and_counted()
    {
        using var controller = new Sabotage(_body, double.NaN);
        using var rodent = new VirtualRodent(_body, controller, new());
        rodent.Process(PoseAt(0, 0));
        var step = rodent.Process(PoseAt(1, 0));
        Assert.True(step.Flags.HasFlag(ControlFlags.ResetUnstable));
        Assert.Equal(1, rodent.ResetsUnstable);
        Assert.All(step.Qpos, value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public void A_controller_that_looks_five_frames_ahead_sees_them_in_order_and_runs_four_behind()
    {
        using var controller = new Observer(_body, futureFrames: 5);
        using var rodent = new VirtualRodent(_body, controller, new());
        for (var tick = 0; tick < 12; tick++)
        {
            var step = rodent.Process(PoseAt(tick, 0));
            Assert.Equal(tick < 5, step.Flags.HasFlag(ControlFlags.WaitingForReference));
            Assert.Equal(tick < 5 ? RecordStamp.None : tick - 4, step.ReferenceSequence);
            if (tick >= 5)
                Assert.Equal(Enumerable.Range(tick - 4, 5).Select(i => (long)i), controller.Seen);
        }
    }

    [Fact]
    public void The_same_poses_give_the_same_steps_bit_for_bit_without_allocating()
    {
        using var controller = new ServoController(_body);
        using var first = new VirtualRodent(_body, controller, new(), new SessionClock());
        using var second = new VirtualRodent(_body, controller, new());
        var poses = Enumerable.Range(0, 300).Select(tick => PoseAt(tick, 0.02 * Math.Sin(tick * 0.2))).ToArray();
        var difference = 0.0;
        long allocated = 0;
        for (var tick = 0; tick < poses.Length; tick++)
        {
            if (tick == 200)
                allocated = GC.GetAllocatedBytesForCurrentThread();
            var (a, b) = (first.Process(poses[tick]), second.Process(poses[tick]));
            for (var i = 0; i < a.Qpos.Length; i++)
                difference += a.Qpos[i].Equals(b.Qpos[i]) ? 0 : 1;
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - allocated);
        Assert.Equal(0, difference);
    }

    [Fact]
    public void Set_points_span_each_joints_range_from_minus_one_to_one()
    {
        using var servo = new PositionServo(_body);
        Assert.Null(servo.FirstTorqueActuator);
        var model = _body.Model;
        var setPoints = new double[model.Nu];
        var joints = model.Names(ObjectType.Joint);
        foreach (var actuator in new[] { "hip_L_extend", "knee_R", "elbow_L", "atlas" })
        {
            var joint = joints.ToList().IndexOf(actuator);
            var qpos = model.Doubles("qpos0").Span.ToArray();
            foreach (var end in new[] { 0, 1 })
            {
                qpos[model.Ints("jnt_qposadr")[joint]] = model.Doubles("jnt_range").Row(joint)[end];
                servo.SetPoints(qpos, setPoints);
                Assert.Equal((2 * end) - 1, setPoints[model.Id(ObjectType.Actuator, actuator)], 1e-3);
            }
        }
    }

    [Fact]
    public void A_control_period_that_is_no_whole_number_of_steps_is_refused()
    {
        using var controller = new ServoController(_body);
        var e = Assert.Throws<ClosedLoopException>(() => new VirtualRodent(_body, controller, new() { ControlPeriodS = 0.0213 }));
        Assert.Contains("0.0213", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Episodes_count_what_survives()
    {
        using var controller = new ServoController(_body);
        // A reference that jumps away half-way: every episode that spans the jump ends there.
        var poses = Enumerable.Range(0, 100).Select(tick => PoseAt(tick, tick < 50 ? 0 : 1)).ToArray();
        var score = ImitationEpisodes.Run(_body, controller, new(), poses, lengthFrames: 20, everyFrames: 10);
        // Starts 0..70; those at 30 and 40 have the jump ahead of them within 20 frames.
        Assert.Equal(8, score.Episodes);
        Assert.Equal(6 / 8.0, score.Survival);
        Assert.InRange(score.MedianTotalErrorMm, 0, 10);
    }

    private Pose PoseAt(long tick, double x)
    {
        var pose = new Pose(_body.Model.Nq, _body.Model.Nv, 23) { Stamp = new(tick, tick, 0, default, default) };
        _standing.CopyTo(pose.Qpos, 0);
        pose.Qpos[0] += x;
        using var data = new MujocoData(_body.Model);
        pose.Qpos.CopyTo(data.Qpos.Span);
        data.Kinematics();
        for (var k = 0; k < 23; k++)
            data.SitePositions.Row(_body.KeypointSites[k]).CopyTo(pose.SitePositions.AsSpan(3 * k));
        return pose;
    }

    /// <summary>Commands something the physics cannot carry out.</summary>
    private sealed class Sabotage(BodyModel body, double command) : IRodentController
    {
        public string Name => "sabotage";

        public int FutureFrames => 1;

        public ActivationLayout Activations => ActivationLayout.Empty;

        public void Reset()
        {
        }

        public void Act(ReferenceWindow reference, MujocoData state, Span<double> action, Span<float> activations)
        {
            action.Clear();
            state.Qvel[body.Model.Nv - 1] = command;
        }

        public void Dispose()
        {
        }
    }

    /// <summary>A servo that notes which frames it was shown.</summary>
    private sealed class Observer(BodyModel body, int futureFrames) : IRodentController
    {
        private readonly ServoController _servo = new(body);

        public string Name => "observer";

        public int FutureFrames => futureFrames;

        public ActivationLayout Activations => ActivationLayout.Empty;

        public IEnumerable<long> Seen { get; private set; } = [];

        public void Reset()
        {
        }

        public void Act(ReferenceWindow reference, MujocoData state, Span<double> action, Span<float> activations)
        {
            Seen = [.. Enumerable.Range(0, futureFrames).Select(i => reference[i].Pose.Stamp.Sequence)];
            _servo.Act(reference, state, action, activations);
        }

        public void Dispose() => _servo.Dispose();
    }
}
