using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Tests.Physics.Imitation;

namespace ClosedLoop.Tests.Physics.Evaluation;

/// <summary>Episodes on one and on several threads, of controllers with and without noise.</summary>
public sealed class EpisodeTeamTests : IDisposable
{
    private const int Length = 20;

    private readonly BodyModel _body = ShortMotion.Body();

    public void Dispose() => _body.Dispose();

    [Fact]
    public void Episodes_begin_at_equal_distances_and_fit_into_their_reference()
    {
        var reference = new ImitationReference("walk", _body, new PoseSequence(ShortMotion.Poses(_body)));
        // 75 poses: the episode of 20 steps that begins at 54 ends with the last; with 4 more looked at, that at 50.
        Assert.Equal([0, 18, 36, 54], EpisodeTeam.Plan([reference], Length, 18, 0).Select(episode => episode.Start));
        Assert.Equal([0, 25, 50], EpisodeTeam.Plan([reference], Length, 25, 4).Select(episode => episode.Start));
        Assert.Equal([0, 25], EpisodeTeam.Plan([reference], Length, 25, 5).Select(episode => episode.Start));
        Assert.Empty(EpisodeTeam.Plan([reference], 75, 1, 0));
    }

    [Fact]
    public void What_comes_out_does_not_depend_on_the_number_of_threads()
    {
        var (one, three) = (Run(threads: 1, body => new Noisy(body)), Run(threads: 3, body => new Noisy(body)));
        Assert.Equal(one.Select(Numbers), three.Select(Numbers));
        // The noise of two episodes is not the same: those of the same start differ.
        Assert.NotEqual(Numbers(one[0]), Numbers(one[^1]));
        Assert.Equal(one[0].Start, one[^1].Start);
    }

    [Fact]
    public void A_body_that_nobody_drives_is_worse_than_the_servo()
    {
        var servo = ImitationJudge.Judge(Run(2, body => new ServoController(body), Standing()), 0.02);
        var zero = ImitationJudge.Judge(Run(2, _ => new ZeroController(), Standing()), 0.02);
        Assert.Equal(1, servo.Survival);
        Assert.InRange(servo.MedianTotalErrorMm, 0.1, 8);
        Assert.True(zero.MedianTotalErrorMm > 2 * servo.MedianTotalErrorMm, $"{zero.MedianTotalErrorMm} is not far more than {servo.MedianTotalErrorMm}");
        Assert.True(zero.MedianPoseErrorMm > 2 * servo.MedianPoseErrorMm);
        Assert.True(zero.Reward < servo.Reward);
        // Standing still costs next to nothing.
        Assert.InRange(servo.PowerW, 0, 0.5);
    }

    [Fact]
    public void The_first_failure_of_any_thread_is_the_callers()
    {
        var error = Assert.Throws<ClosedLoopException>(() => Run(3, _ => throw ClosedLoopException.Usage("no such thing")));
        Assert.Equal("no such thing", error.Message);
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Run(2, _ => new ZeroController(), cancellation: stopped.Token));
    }

    private EpisodeTrace[] Run(int threads, Func<BodyModel, IRodentController> make, IReferencePoses? poses = null, CancellationToken cancellation = default)
    {
        var reference = new ImitationReference("reference", _body, poses ?? new PoseSequence(ShortMotion.Poses(_body)));
        var plan = EpisodeTeam.Plan([reference], Length, 10, 0);
        var team = new EpisodeTeam { MakeController = make, Options = new(), Threads = threads };
        return team.Run([.. plan, plan[0]], Length, cancellation: cancellation);
    }

    private PoseSequence Standing()
    {
        using var data = new MujocoData(_body.Model);
        var pose = new Pose(_body.Model.Nq, _body.Model.Nv, 23);
        RodentBody.StandingPose(_body.Scale).CopyTo(pose.Qpos, 0);
        pose.Qpos.CopyTo(data.Qpos.Span);
        data.Kinematics();
        for (var k = 0; k < 23; k++)
            data.SitePositions.Row(_body.KeypointSites[k]).CopyTo(pose.SitePositions.AsSpan(3 * k));
        return new([.. Enumerable.Repeat(pose, 60)]);
    }

    private static string Numbers(EpisodeTrace trace) =>
        string.Join(' ', trace.TotalErrorMm.Concat(trace.RootErrorMm).Concat(trace.PoseErrorMm).Concat(trace.PartErrorMm).Concat(trace.Reward).Concat(trace.PowerW).Select(value => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)).Append($"{trace.Start} {trace.Steps} {trace.End}"));

    /// <summary>The servo with noise on every set-point and a memory of its own last action.</summary>
    private sealed class Noisy(BodyModel body) : IRodentController
    {
        private readonly double[] _last = new double[body.Model.Nu];
        private RandomStream _random = new(1, "noise");

        public string Name => "noisy";

        public int FutureFrames => 1;

        public ActivationLayout Activations => ActivationLayout.Empty;

        public void Reset() => Array.Clear(_last);

        public void BeginEpisode(int number)
        {
            Reset();
            _random = new(1, $"noise {number}");
        }

        public void Act(ReferenceWindow reference, MujocoData data, Span<double> action, Span<float> activations)
        {
            for (var i = 0; i < action.Length; i++)
                action[i] = _last[i] = Math.Clamp(reference[0].SetPoints[i] + (0.1 * _last[i]) + (0.05 * _random.Normal()), -1, 1);
        }

        public void Dispose()
        {
        }
    }
}
