using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Training;

namespace ClosedLoop.Tests.Physics.Imitation;

/// <summary>What a policy sees: the same in training, judging and the live session, and from wherever the body stands.</summary>
public sealed class ImitationObservationTests : IDisposable
{
    private readonly BodyModel _body = ShortMotion.Body();

    public void Dispose() => _body.Dispose();

    [Fact]
    public void Training_judging_and_the_session_see_the_same_bit_for_bit()
    {
        // The live session's rodent.
        using var live = new ObservingController(_body);
        using (var rodent = new VirtualRodent(_body, live, new()))
            foreach (var pose in ShortMotion.Poses(_body))
                rodent.Process(pose);
        // A judged episode.
        using var judged = new ObservingController(_body);
        ImitationEpisodes.Run(_body, judged, new(), ShortMotion.Poses(_body), ShortMotion.Frames - 6, 1000);
        // The training environment, given the same actions.
        var options = new TrainingOptions
        {
            Bodies = 1, Threads = 1, Scale = (ShortMotion.Scale, ShortMotion.Scale), MassSpread = 0, Mirror = false,
            StartJointNoiseRad = 0, StartRootNoiseM = 0, ReferenceJitterRad = 0, ShortestEpisodeSteps = ShortMotion.Frames,
        };
        var pool = new ReferencePool([ShortMotion.Library(_body)], 10);
        using var environment = new TrainingEnvironment(_body.Description, pool, options);
        var trained = new List<float[]>();
        environment.Observe();
        for (var step = 0; step < live.Actions.Count; step++)
        {
            trained.Add([.. environment.Observations]);
            environment.Step(live.Actions[step]);
            environment.Observe();
        }
        Assert.Equal(ShortMotion.Frames - 5, live.Seen.Count);
        Assert.Equal(live.Seen.Count, trained.Count);
        for (var step = 0; step < live.Seen.Count; step++)
        {
            Assert.Equal(live.Seen[step], trained[step]);
            if (step < judged.Seen.Count)
                Assert.Equal(live.Seen[step], judged.Seen[step]);
        }
        Assert.True(judged.Seen.Count > 40);
    }

    [Fact]
    public void It_is_egocentric_and_says_what_it_holds()
    {
        var poses = ShortMotion.Poses(_body);
        var here = Observe(poses, turnRad: 0, shiftM: 0);
        var there = Observe(poses, turnRad: 2.1, shiftM: 3);
        for (var i = 0; i < here.Length; i++)
            Assert.Equal(here[i], there[i], 3e-5f);
        var layout = new ImitationObservation(_body, 5).Layout;
        Assert.Equal(here.Length, layout.Size);
        Assert.Equal(5 * (3 + 3 + 43 + 15), layout.ReferenceSize);
        // The body stands on the present frame: what is left to the next is small, and forward along its own axis.
        Assert.InRange(here[0], 0.0005, 0.01);
        Assert.All(here[..64], value => Assert.InRange(value, -1, 1));
        // It stands upright at about its height.
        var proprioception = here[layout.ReferenceSize..];
        Assert.InRange(proprioception[67 + 67 + 38 + 4 + 9], 0.03, 0.1);
        Assert.InRange(proprioception[67 + 67 + 38 + 4 + 9 + 3], 0.8, 1);
    }

    [Fact]
    public void A_policy_of_another_observation_is_refused()
    {
        var error = Assert.Throws<ClosedLoopException>(() => new ImitationObservation(_body, 5).Layout.Require("5 x (eyes 2)", "models/mole"));
        Assert.Contains("eyes 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("models/mole", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The observation of a body on the first frame, after world and reference are turned and moved together.</summary>
    private float[] Observe(List<Pose> poses, double turnRad, double shiftM)
    {
        using var task = new ImitationTask(_body, 5, new());
        var observation = new ImitationObservation(_body, 5);
        foreach (var pose in poses.Take(6))
        {
            var moved = new Pose(_body.Model.Nq, _body.Model.Nv, _body.Layout.Count);
            moved.CopyFrom(pose);
            var (cos, sin) = (Math.Cos(turnRad), Math.Sin(turnRad));
            (moved.Qpos[0], moved.Qpos[1]) = ((cos * pose.Qpos[0]) - (sin * pose.Qpos[1]) + shiftM, (sin * pose.Qpos[0]) + (cos * pose.Qpos[1]) - shiftM);
            var (w, z) = (Math.Cos(turnRad / 2), Math.Sin(turnRad / 2));
            var q = pose.Qpos.AsSpan(3, 4);
            (moved.Qpos[3], moved.Qpos[4], moved.Qpos[5], moved.Qpos[6]) = ((w * q[0]) - (z * q[3]), (w * q[1]) - (z * q[2]), (w * q[2]) + (z * q[1]), (w * q[3]) + (z * q[0]));
            task.Window.Push(moved);
        }
        task.Place(task.Window.Present);
        var seen = new float[observation.Layout.Size];
        observation.Write(task.Window, task.Data, seen);
        return seen;
    }
}
