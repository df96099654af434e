using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation;

/// <summary>The planner against the servo, on an animal that walks: what a servo cannot follow.</summary>
public sealed class PlannerControllerTests : IDisposable
{
    private const int First = 60;
    private const int Frames = 30;

    private readonly BodyModel _body = SimulatedLife.Rat.Compile(KeypointLayout.Rat23, new SimulatedAnimalOptions().Scale);

    public void Dispose() => _body.Dispose();

    [Fact]
    public void It_follows_a_walk_that_the_servo_does_not_and_twice_the_same_way()
    {
        var poses = Walk();
        using var servo = new ServoController(_body);
        using var planner = new PlannerController(_body, 0.02);
        var (servoErrorM, _) = Follow(servo, poses);
        var (errorM, steps) = Follow(planner, poses);
        Assert.True(errorM < 0.5 * servoErrorM, $"planner {1000 * errorM:F2} mm, servo {1000 * servoErrorM:F2} mm");
        Assert.InRange(errorM, 0, 0.004);
        Assert.All(steps.SelectMany(step => step), value => Assert.InRange(value, -1, 1));
        var (_, again) = Follow(planner, poses);
        Assert.Equal(steps.SelectMany(step => step), again.SelectMany(step => step));
    }

    [Fact]
    public void A_plan_is_no_worse_than_none_and_allocates_nothing()
    {
        var poses = Walk();
        using var planner = new PlannerController(_body, 0.02, new() { Horizon = 2 });
        using var window = new ReferenceWindow(_body, 2);
        using var data = new MujocoData(_body.Model);
        foreach (var pose in poses.Take(3))
            window.Push(pose);
        poses[0].Qpos.CopyTo(data.Qpos.Span);
        poses[0].Qvel.CopyTo(data.Qvel.Span);
        data.Kinematics();
        var (action, before) = (new double[_body.Model.Nu], data.Qpos.Span.ToArray());
        planner.Act(window, data, action, []);
        var first = planner.Cost;
        Assert.True(double.IsFinite(first) && first >= 0);
        // The body itself is not moved by what is tried.
        Assert.Equal(before, data.Qpos.Span.ToArray());
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        planner.Act(window, data, action, []);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - allocated);
        // From the same state it begins with most of its last correction, and comes nearer, or stays.
        Assert.InRange(planner.Cost, 0, 1.05 * first);
        planner.Reset();
        planner.Act(window, data, action, []);
        Assert.Equal(first, planner.Cost);
    }

    [Fact]
    public void It_improves_on_what_another_would_do_and_begins_with_the_set_points_where_that_is_nonsense()
    {
        using var planner = new PlannerController(_body, 0.02, new() { WarmStart = 0 });
        using var window = new ReferenceWindow(_body, planner.FutureFrames);
        using var data = new MujocoData(_body.Model);
        // A moment of the walk, reached by the servo, so that there is something to correct.
        using var servo = new ServoController(_body);
        using var rodent = new VirtualRodent(_body, servo, new());
        var poses = Walk();
        foreach (var pose in poses.Take(12))
            rodent.Process(pose);
        rodent.Data.Qpos.Span.CopyTo(data.Qpos.Span);
        rodent.Data.Qvel.Span.CopyTo(data.Qvel.Span);
        rodent.Data.Act.Span.CopyTo(data.Act.Span);
        data.Kinematics();
        foreach (var pose in poses.Skip(10).Take(planner.FutureFrames + 1))
            window.Push(pose);
        var (action, improved) = (new double[_body.Model.Nu], new double[_body.Model.Nu]);
        planner.Act(window, data, action, []);
        var once = planner.Cost;
        // Nonsense costs more than the set-points do: the plan is the same as one from those.
        var nonsense = Enumerable.Range(0, action.Length).Select(i => i % 2 == 0 ? -1.0 : 1.0).ToArray();
        planner.ActFrom(nonsense, window, data, improved);
        Assert.Equal(action, improved);
        // What was planned already is improved further.
        planner.ActFrom(action, window, data, improved);
        Assert.True(planner.Cost < once, $"{planner.Cost} after {once}");
        var twice = planner.Cost;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        planner.ActFrom(action, window, data, improved);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - allocated);
        // A state has one answer.
        Assert.Equal(twice, planner.Cost);
    }

    [Fact]
    public void It_stands_on_hind_legs_because_it_looks_after_the_balance()
    {
        // A body of another size than the animal's: what was in balance there is not quite here.
        using var body = SimulatedLife.Rat.Compile(KeypointLayout.Rat23, 1.0);
        var life = SimulatedLife.InTheOpen(5.2, (Behaviour.Rest, 0.4), (Behaviour.Rear, 4));
        Assert.Equal(0, life.Falls);
        var clip = new MotionClip { Name = "rear", Behaviour = "Rear", RateHz = 50, Frames = life.Qpos.Count, Nq = body.Model.Nq, Qpos = [.. life.Qpos.SelectMany(frame => frame)] };
        var motion = new ReferenceMotion(body, clip, new SimulatedAnimalOptions().Scale, 0.02);
        EpisodeTrace Run(PlannerOptions options)
        {
            using var planner = new PlannerController(body, 0.02, options);
            using var runner = new EpisodeRunner(body, planner, new());
            return runner.Run(motion, 25, 200);
        }
        var (with, without) = (Run(new()), Run(new() { BalanceWeight = 0, Horizon = 2 }));
        Assert.True(with.Survived, $"ended after {with.Steps} steps");
        Assert.False(without.Survived);
        Assert.InRange(with.TotalErrorMm.Order().ElementAt(100), 0, 3);
    }

    [Theory]
    [InlineData(0, 0.05, 0)]
    [InlineData(11, 0.05, 0)]
    [InlineData(3, 0, 0)]
    [InlineData(1, 0.05, 5)]
    [InlineData(3, 0.05, -1)]
    public void A_plan_that_cannot_be_is_refused(int horizon, double epsilon, double balance) =>
        Assert.Throws<ClosedLoopException>(() => new PlannerController(_body, 0.02, new() { Horizon = horizon, Epsilon = epsilon, BalanceWeight = balance }));

    private (double MedianErrorM, List<double[]> Actions) Follow(IRodentController controller, IReadOnlyList<Pose> poses)
    {
        using var rodent = new VirtualRodent(_body, controller, new());
        var (errors, actions) = (new List<double>(), new List<double[]>());
        foreach (var pose in poses)
        {
            var step = rodent.Process(pose);
            if (step.Flags.HasFlag(ControlFlags.WaitingForReference))
                continue;
            errors.Add(step.TotalErrorM);
            actions.Add([.. step.Action]);
        }
        // From where both have had time to go wrong.
        var late = errors.Skip(errors.Count / 2).Order().ToArray();
        return (late[late.Length / 2], actions);
    }

    /// <summary>Poses of a walking animal, with the velocities between them.</summary>
    private List<Pose> Walk()
    {
        var life = SimulatedLife.InTheOpen((First + Frames + 1) / 50.0 + 0.1, (Behaviour.Walk, 10));
        using var data = new MujocoData(_body.Model);
        var poses = new List<Pose>();
        for (var frame = 0; frame < Frames; frame++)
        {
            var pose = new Pose(_body.Model.Nq, _body.Model.Nv, 23) { Stamp = new(frame, frame, 0, default, default) };
            life.Qpos[First + frame].CopyTo(pose.Qpos, 0);
            _body.Model.Differentiate(life.Qpos[First + frame], life.Qpos[First + frame + 1], 0.02, pose.Qvel);
            pose.Qpos.CopyTo(data.Qpos.Span);
            data.Kinematics();
            for (var k = 0; k < 23; k++)
                data.SitePositions.Row(_body.KeypointSites[k]).CopyTo(pose.SitePositions.AsSpan(3 * k));
            poses.Add(pose);
        }
        return poses;
    }
}
