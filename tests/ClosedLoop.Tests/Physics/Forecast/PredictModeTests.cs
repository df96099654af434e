using ClosedLoop.Core;
using ClosedLoop.Inference;
using ClosedLoop.Physics;
using ClosedLoop.Tests.Simulation;

namespace ClosedLoop.Tests.Physics.Forecast;

/// <summary>The virtual rodent that acts at once after a forecast.</summary>
public sealed class PredictModeTests : IDisposable
{
    private static readonly VirtualRodentOptions Predict = new() { ReferenceMode = ReferenceMode.Predict };

    private readonly BodyModel _body = RodentBody.Describe().Compile(KeypointLayout.Rat23);

    public void Dispose() => _body.Dispose();

    [Fact]
    public void With_a_perfect_forecast_the_body_does_a_tick_sooner_what_it_does_behind_and_errors_are_those_of_the_actual_pose()
    {
        var poses = Life(80);
        using var controller = new ServoController(_body);
        using var behind = new VirtualRodent(_body, controller, new());
        using var oracle = new Oracle(poses);
        using var atOnce = new VirtualRodent(_body, controller, Predict, clock: null, oracle);
        var delayed = Run(behind, poses);
        var predicted = Run(atOnce, poses);
        Assert.Equal(0, behind.Resets);
        Assert.All(delayed, step => Assert.Equal(ReferenceMode.Delay, step.ReferenceMode));
        Assert.All(predicted, step => Assert.Equal(ReferenceMode.Predict, step.ReferenceMode));
        Assert.True(double.IsNaN(predicted[0].TotalErrorM));
        Assert.Equal(ControlFlags.EpisodeStart, predicted[0].Flags);
        for (var tick = 1; tick < poses.Count; tick++)
        {
            // The step towards a pose is the same; it comes with the pose before, and its error with the pose itself.
            Assert.Equal(delayed[tick].Qpos, predicted[tick - 1].Qpos);
            Assert.Equal(delayed[tick].Action, predicted[tick - 1].Action);
            Assert.Equal(delayed[tick].TotalErrorM, predicted[tick].TotalErrorM);
            Assert.Equal(delayed[tick].RootErrorM, predicted[tick].RootErrorM);
            Assert.Equal((tick, tick), (delayed[tick].ReferenceSequence, predicted[tick].ReferenceSequence));
        }
    }

    [Fact]
    public void A_controller_that_looks_five_frames_ahead_acts_with_the_first_pose_on_frames_in_order_with_their_sites()
    {
        var poses = Life(20);
        using var oracle = new Oracle(poses);
        using var controller = new Watcher(_body, 5);
        using var rodent = new VirtualRodent(_body, controller, Predict, clock: null, oracle);
        for (var tick = 0; tick < 15; tick++)
        {
            var step = rodent.Process(poses[tick]);
            Assert.False(step.Flags.HasFlag(ControlFlags.WaitingForReference));
            Assert.Equal(tick, controller.Frames[0].Sequence);
            for (var frame = 0; frame <= 5; frame++)
            {
                Assert.Equal(tick + frame, controller.Frames[frame].Sequence);
                Assert.All(poses[tick + frame].SitePositions.Zip(controller.Frames[frame].Sites), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
            }
            // The velocity of a frame ahead is that which leads to it.
            Assert.Equal((poses[tick + 2].Qpos[0] - poses[tick + 1].Qpos[0]) / 0.02, controller.Frames[2].SpeedX, 1e-9);
        }
    }

    [Fact]
    public void A_departure_is_judged_against_the_actual_pose_and_the_body_put_onto_it_before_it_acts()
    {
        var poses = Life(20);
        using var forecaster = new HoldForecaster(_body);
        using var controller = new ServoController(_body);
        using var rodent = new VirtualRodent(_body, controller, Predict, clock: null, forecaster);
        for (var tick = 0; tick < 10; tick++)
            rodent.Process(poses[tick]);
        var away = poses[10];
        Move(away, 0.5);
        var step = rodent.Process(away);
        Assert.True(step.Flags.HasFlag(ControlFlags.ResetLeftReference));
        Assert.InRange(step.RootErrorM, 0.45, 0.55);
        Assert.Equal(1, rodent.ResetsLeftReference);
        // One control step after it was put there.
        Assert.InRange(step.Qpos[0] - away.Qpos[0], -0.02, 0.02);
        Move(poses[11], 0.5);
        step = rodent.Process(poses[11]);
        Assert.Equal(ControlFlags.None, step.Flags);
        Assert.InRange(step.RootErrorM, 0, 0.02);
    }

    [Fact]
    public void The_same_poses_give_the_same_steps_bit_for_bit_without_allocating()
    {
        var poses = Life(300);
        using var controller = new Watcher(_body, 5) { IsBlind = true };
        using var one = new LearnedForecaster(_body, ModelFolder.Open(LearnedForecasterTests.Folder), 0.02);
        using var two = new LearnedForecaster(_body, ModelFolder.Open(LearnedForecasterTests.Folder), 0.02);
        using var first = new VirtualRodent(_body, controller, Predict, new SessionClock(), one);
        using var second = new VirtualRodent(_body, controller, Predict, clock: null, two);
        var (difference, allocated) = (0, 0L);
        for (var tick = 0; tick < poses.Count; tick++)
        {
            if (tick == 100)
                allocated = GC.GetAllocatedBytesForCurrentThread();
            var (a, b) = (first.Process(poses[tick]), second.Process(poses[tick]));
            for (var i = 0; i < a.Qpos.Length; i++)
                difference += a.Qpos[i].Equals(b.Qpos[i]) ? 0 : 1;
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - allocated);
        Assert.Equal(0, difference);
        Assert.Equal(poses.Count, first.ForecastLatency.Summarise().Count);
    }

    [Fact]
    public void A_restart_forgets_what_was_before_and_judges_nothing()
    {
        var poses = Life(30);
        using var controller = new ServoController(_body);
        using var forecaster = new VelocityForecaster(_body, 1);
        using var rodent = new VirtualRodent(_body, controller, Predict, clock: null, forecaster);
        var fresh = Run(rodent, poses[20..]);
        Run(rodent, poses[..7]);
        rodent.Restart();
        var again = Run(rodent, poses[20..]);
        Assert.True(double.IsNaN(again[0].TotalErrorM));
        Assert.Equal(ControlFlags.EpisodeStart, again[0].Flags);
        Assert.All(fresh.Zip(again), pair => Assert.Equal(pair.First.Qpos, pair.Second.Qpos));
    }

    [Fact]
    public void Episodes_need_no_frames_beyond_their_end()
    {
        var poses = Life(30);
        using var controller = new Watcher(_body, 5) { IsBlind = true };
        using var forecaster = new VelocityForecaster(_body);
        var score = ImitationEpisodes.Run(_body, controller, Predict, poses, lengthFrames: 9, everyFrames: 10, forecaster);
        Assert.Equal((3, 1), (score.Episodes, score.Survival));
        Assert.InRange(score.MedianTotalErrorMm, 0.1, 30);
    }

    [Fact]
    public void Without_a_forecaster_it_cannot_be_made()
    {
        using var controller = new ServoController(_body);
        Assert.Throws<ArgumentNullException>(() => new VirtualRodent(_body, controller, Predict));
    }

    private List<ControlStep> Run(VirtualRodent rodent, IEnumerable<Pose> poses) => [.. poses.Select(pose =>
    {
        var kept = new ControlStep(_body.Model.Nq, _body.Model.Nv, _body.Model.Nu, 23, ActivationLayout.Empty);
        kept.CopyFrom(rodent.Process(pose));
        return kept;
    })];

    private List<Pose> Life(int frames)
    {
        using var data = new MujocoData(_body.Model);
        var life = SimulatedLife.Of(frames / 50.0, seed: 7301).Qpos;
        var poses = new List<Pose>();
        for (var frame = 0; frame < life.Count; frame++)
        {
            var pose = new Pose(_body.Model.Nq, _body.Model.Nv, 23) { Stamp = new(frame, frame, 0, default, default) };
            life[frame].CopyTo(pose.Qpos, 0);
            _body.Model.Differentiate(life[Math.Max(0, frame - 1)], life[frame], 0.02, pose.Qvel);
            life[frame].CopyTo(data.Qpos.Span);
            data.Kinematics();
            for (var k = 0; k < 23; k++)
                data.SitePositions.Row(_body.KeypointSites[k]).CopyTo(pose.SitePositions.AsSpan(3 * k));
            poses.Add(pose);
        }
        return poses;
    }

    private static void Move(Pose pose, double x)
    {
        pose.Qpos[0] += x;
        for (var i = 0; i < pose.SitePositions.Length; i += 3)
            pose.SitePositions[i] += x;
    }

    /// <summary>Knows the future.</summary>
    private sealed class Oracle(List<Pose> poses) : IPoseForecaster
    {
        private long _now;

        public string Name => "oracle";

        public int LongestAhead => int.MaxValue;

        public void Reset()
        {
        }

        public void Observe(Pose pose) => _now = pose.Stamp.Sequence;

        public void Forecast(int ahead, Pose target) => poses[(int)Math.Min(_now + ahead, poses.Count - 1)].Qpos.CopyTo(target.Qpos, 0);

        public void Dispose()
        {
        }
    }

    /// <summary>A servo that notes what it was shown, the present frame first.</summary>
    private sealed class Watcher(BodyModel body, int futureFrames) : IRodentController
    {
        private readonly ServoController _servo = new(body);

        public bool IsBlind { get; init; }

        public (long Sequence, double[] Sites, double SpeedX)[] Frames { get; private set; } = [];

        public string Name => "watcher";

        public int FutureFrames => futureFrames;

        public ActivationLayout Activations => ActivationLayout.Empty;

        public void Reset()
        {
        }

        public void Act(ReferenceWindow reference, MujocoData state, Span<double> action, Span<float> activations)
        {
            // NB: in a method of its own, for a lambda's closure is made where its method begins.
            if (!IsBlind)
                Note(reference);
            _servo.Act(reference, state, action, activations);
        }

        private void Note(ReferenceWindow reference) =>
            Frames = [.. Enumerable.Range(-1, futureFrames + 1).Select(i => i < 0 ? reference.Present.Pose : reference[i].Pose)
                .Select(pose => (pose.Stamp.Sequence, pose.SitePositions.ToArray(), pose.Qvel[0]))];

        public void Dispose() => _servo.Dispose();
    }
}
