using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics.Imitation;

public sealed class ReferenceMotionTests
{
    private const double Scale = 0.9;
    private const int Frames = 12;

    [Fact]
    public void At_twice_the_rate_it_passes_through_the_clips_frames_and_between_them_and_scales_the_root()
    {
        using var body = RodentBody.Describe().Compile(KeypointLayout.Rat23, Scale);
        var clip = Clip(body.Model.Nq);
        var motion = new ReferenceMotion(body, clip, clipScale: 1.2, controlPeriodS: 0.01);
        Assert.Equal((2 * Frames) - 1, motion.Frames);
        for (var frame = 0; frame < Frames; frame++)
        {
            var (expected, found) = (clip.Frame(frame).ToArray(), motion.Qpos(2 * frame).ToArray());
            for (var axis = 0; axis < 3; axis++)
                expected[axis] *= Scale / 1.2;
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        }
        // Between two frames: halfway in place and angles, and turned by half the angle that lies between them.
        var (a, b, between) = (motion.Qpos(4).ToArray(), motion.Qpos(6).ToArray(), motion.Qpos(5).ToArray());
        for (var i = 0; i < a.Length; i++)
            if (i is < 3 or > 6)
                Assert.Equal((a[i] + b[i]) / 2, between[i], 1e-12);
        Assert.Equal(Angle(a, between), Angle(between, b), 1e-9);
        Assert.Equal(Angle(a, b), 2 * Angle(a, between), 1e-9);
        Assert.Equal(1, between[3..7].Sum(x => x * x), 1e-12);
    }

    [Fact]
    public void A_frame_as_a_pose_has_velocities_from_the_frame_before_and_the_sites_of_its_posture()
    {
        using var body = RodentBody.Describe().Compile(KeypointLayout.Rat23, Scale);
        using var data = new MujocoData(body.Model);
        var motion = new ReferenceMotion(body, Clip(body.Model.Nq), clipScale: 1, controlPeriodS: 0.02);
        var pose = new Pose(body.Model.Nq, body.Model.Nv, body.Layout.Count);
        motion.Write(5, data, pose);
        Assert.Equal(motion.Qpos(5).ToArray(), pose.Qpos);
        Assert.Equal(5, pose.Stamp.Sequence);
        Assert.Equal((motion.Qpos(5)[0] - motion.Qpos(4)[0]) / 0.02, pose.Qvel[0], 1e-9);
        Assert.Equal((motion.Qpos(5)[20] - motion.Qpos(4)[20]) / 0.02, pose.Qvel[19], 1e-9);
        pose.Qpos.CopyTo(data.Qpos.Span);
        data.Kinematics();
        Assert.Equal(body.KeypointSites.SelectMany(site => data.SitePositions.Row(site).ToArray()), pose.SitePositions);
    }

    [Fact]
    public void A_clip_of_another_body_is_refused()
    {
        using var body = RodentBody.Describe().Compile(KeypointLayout.Rat23);
        var e = Assert.Throws<ClosedLoopException>(() => new ReferenceMotion(body, Clip(body.Model.Nq - 1), 1, 0.02));
        Assert.Contains($"{body.Model.Nq - 1} positions", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A root that moves and turns about an axis aslant, and joints that go their ways; its quaternion changes sign on the way.</summary>
    private static MotionClip Clip(int nq)
    {
        var qpos = new double[Frames * nq];
        for (var frame = 0; frame < Frames; frame++)
        {
            var q = qpos.AsSpan(frame * nq, nq);
            (q[0], q[1], q[2]) = (0.01 * frame, 0.002 * frame * frame, 0.05);
            var (half, sign) = (0.1 * frame, frame % 2 == 0 ? 1 : -1);
            (q[3], q[4], q[6]) = (sign * Math.Cos(half), sign * 0.6 * Math.Sin(half), sign * 0.8 * Math.Sin(half));
            for (var i = 7; i < nq; i++)
                q[i] = 0.1 * Math.Sin((0.4 * frame) + i);
        }
        return new() { Name = "planted", Behaviour = "", RateHz = 50, Frames = Frames, Nq = nq, Qpos = qpos };
    }

    private static double Angle(double[] a, double[] b) =>
        2 * Math.Acos(Math.Min(1, Math.Abs((a[3] * b[3]) + (a[4] * b[4]) + (a[5] * b[5]) + (a[6] * b[6]))));
}
