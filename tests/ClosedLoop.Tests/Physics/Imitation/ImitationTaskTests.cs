using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics.Imitation;

/// <summary>What ends an episode and what a step is worth.</summary>
public sealed class ImitationTaskTests : IDisposable
{
    private readonly BodyModel _body = ShortMotion.Body();

    public void Dispose() => _body.Dispose();

    [Fact]
    public void What_ends_an_episode_is_told()
    {
        Assert.Equal(ControlFlags.None, StepFrom(_ => { }, new()));
        Assert.Equal(ControlFlags.ResetLeftReference, StepFrom(data => data.Qpos[0] += 0.2, new()));
        Assert.Equal(ControlFlags.ResetFallen, StepFrom(data => (data.Qpos[3], data.Qpos[4], data.Qpos[5], data.Qpos[6]) = (0, 1, 0, 0), new()));
        Assert.Equal(ControlFlags.ResetUnstable, StepFrom(data => data.Qvel[8] = double.NaN, new()));
        Assert.Equal(ControlFlags.ResetLeftReference, StepFrom(data => data.Qpos[20] += 0.5, new() { JointLimitRad = 0.2 }));
        Assert.Equal(ControlFlags.ResetFallen, StepFrom(_ => { }, new() { LowestRootM = 0.2 }));
        Assert.Equal(ControlFlags.ResetFallen, StepFrom(_ => { }, new() { HighestRootM = 0.02 }));
    }

    [Fact]
    public void Nearness_pays_and_effort_costs()
    {
        using var task = Start();
        var options = new ImitationRewardOptions();
        var reward = new ImitationReward(_body, task, options);
        var none = new double[_body.Model.Nu];
        reward.Reset(none);
        // On the very frame that was to be reached, at rest: all that nearness can pay, and what being alive pays.
        task.Place(task.Window[0]);
        var most = options.RootPosition.Weight + options.RootRotation.Weight + options.Joints.Weight + options.JointVelocities.Weight + options.Bodies.Weight + options.Appendages.Weight;
        var best = reward.Judge(task.Window[0], none, ended: false);
        Assert.Equal(most + options.Alive, best, 1e-9);
        Assert.Equal(0, reward.PowerW);
        Assert.Equal(best - options.Alive, reward.Judge(task.Window[0], none, ended: true), 1e-9);
        // Three of four: half a unit of every command costs twice, once for the command and once for its change.
        double[] half = [.. none.Select(_ => 0.5)];
        var squares = 0.25 * half.Length;
        Assert.Equal(best - ((options.ActionCost + options.ActionChangeCost) * squares), reward.Judge(task.Window[0], half, ended: false), 1e-9);
        Assert.Equal(best - (options.ActionCost * squares), reward.Judge(task.Window[0], half, ended: false), 1e-9);
        // 35 mm away at the scale of 35 mm: exp(-1/2) of the root's nearness, and less of the parts'.
        task.Data.Qpos[1] += 0.035;
        task.Data.Kinematics();
        var away = reward.Judge(task.Window[0], half, ended: false);
        Assert.InRange(away, best - (options.ActionCost * squares) - 3, best - (options.ActionCost * squares) - (1 - Math.Exp(-0.5)));
    }

    [Fact]
    public void A_motion_is_scaled_resampled_and_mirrored()
    {
        var clip = ShortMotion.Walk;
        using var large = _body.Description.Compile(KeypointLayout.Rat23, 2 * ShortMotion.Scale);
        var twice = new ReferenceMotion(large, clip, ShortMotion.Scale, 0.02);
        var fine = new ReferenceMotion(_body, clip, ShortMotion.Scale, 0.01);
        Assert.Equal((2 * clip.Frames) - 1, fine.Frames);
        for (var i = 0; i < 3; i++)
            Assert.Equal(2 * clip.Frame(30)[i], twice.Qpos(30)[i], 1e-12);
        Assert.Equal(clip.Frame(30)[7..].ToArray(), fine.Qpos(60)[7..].ToArray());
        for (var i = 7; i < clip.Nq; i++)
            Assert.Equal((clip.Frame(30)[i] + clip.Frame(31)[i]) / 2, fine.Qpos(61)[i], 1e-12);
        var quaternion = fine.Qpos(61).Slice(3, 4);
        Assert.Equal(1, (quaternion[0] * quaternion[0]) + (quaternion[1] * quaternion[1]) + (quaternion[2] * quaternion[2]) + (quaternion[3] * quaternion[3]), 1e-9);
        // In the mirror the keypoints' places have exchanged sides.
        var mirror = new PoseMirror(_body.Model);
        var (straight, mirrored) = (Sites(clip.Frame(40)), Sites(Mirrored(mirror, clip.Frame(40))));
        var partner = _body.Layout.MirrorIndices();
        for (var k = 0; k < _body.Layout.Count; k++)
        {
            Assert.Equal(straight[3 * k], mirrored[3 * partner[k]], 1e-9);
            Assert.Equal(-straight[(3 * k) + 1], mirrored[(3 * partner[k]) + 1], 1e-9);
            Assert.Equal(straight[(3 * k) + 2], mirrored[(3 * partner[k]) + 2], 1e-9);
        }
        var again = Mirrored(mirror, Mirrored(mirror, clip.Frame(40)));
        Assert.Equal(clip.Frame(40).ToArray(), again);
    }

    private static double[] Mirrored(PoseMirror mirror, ReadOnlySpan<double> qpos)
    {
        var copy = qpos.ToArray();
        mirror.Apply(copy);
        return copy;
    }

    private double[] Sites(ReadOnlySpan<double> qpos)
    {
        using var data = new MujocoData(_body.Model);
        qpos.CopyTo(data.Qpos.Span);
        data.Kinematics();
        return [.. _body.KeypointSites.SelectMany(site => data.SitePositions.Row(site).ToArray())];
    }

    private ImitationTask Start(VirtualRodentOptions? options = null)
    {
        var task = new ImitationTask(_body, 2, options ?? new());
        foreach (var pose in ShortMotion.Poses(_body).Take(3))
            task.Window.Push(pose);
        task.Place(task.Window.Present);
        return task;
    }

    private ControlFlags StepFrom(Action<MujocoData> change, VirtualRodentOptions options)
    {
        using var task = Start(options);
        change(task.Data);
        double[] action = [.. task.Window[0].SetPoints.Select(point => Math.Clamp(point, -1, 1))];
        return task.Step(action);
    }
}
