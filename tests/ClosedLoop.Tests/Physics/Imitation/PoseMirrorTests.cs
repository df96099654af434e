using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics.Imitation;

public sealed class PoseMirrorTests : IDisposable
{
    // NB: the sites of the description, without an animal's offsets: those are symmetric.
    private readonly BodyModel _body = RodentBody.Describe().Compile(KeypointLayout.Rat23);

    public void Dispose() => _body.Dispose();

    [Fact]
    public void A_pose_that_is_mirrored_twice_is_itself()
    {
        var mirror = new PoseMirror(_body.Model);
        var random = new RandomStream(1, "poses");
        for (var trial = 0; trial < 10; trial++)
        {
            var pose = AnyPose(random);
            var twice = pose.ToArray();
            mirror.Apply(twice);
            Assert.NotEqual(pose, twice);
            mirror.Apply(twice);
            Assert.Equal(pose, twice);
        }
    }

    [Fact]
    public void The_keypoints_of_a_mirrored_pose_are_the_mirror_images()
    {
        var mirror = new PoseMirror(_body.Model);
        var counterpart = _body.Layout.MirrorIndices();
        var random = new RandomStream(2, "poses");
        for (var trial = 0; trial < 10; trial++)
        {
            var pose = AnyPose(random);
            var before = Sites(pose);
            mirror.Apply(pose);
            var after = Sites(pose);
            for (var k = 0; k < _body.Layout.Count; k++)
            {
                var (x, y, z) = after[counterpart[k]];
                Assert.True(
                    Math.Abs(x - before[k].X) < 1e-9 && Math.Abs(y + before[k].Y) < 1e-9 && Math.Abs(z - before[k].Z) < 1e-9,
                    $"{_body.Layout.Names[k]} at {before[k]} is mirrored to {after[counterpart[k]]}");
            }
        }
    }

    private double[] AnyPose(RandomStream random)
    {
        var pose = RodentBody.StandingPose();
        for (var i = 0; i < 7; i++)
            pose[i] = random.Normal();
        var norm = Math.Sqrt(pose[3..7].Sum(x => x * x));
        for (var i = 3; i < 7; i++)
            pose[i] /= norm;
        for (var i = 7; i < pose.Length; i++)
            pose[i] = random.Uniform(Math.Max(_body.HingeRanges[i - 1].Lower, -1), Math.Min(_body.HingeRanges[i - 1].Upper, 1));
        return pose;
    }

    private (double X, double Y, double Z)[] Sites(double[] pose)
    {
        using var data = new MujocoData(_body.Model);
        pose.CopyTo(data.Qpos.Span);
        data.Kinematics();
        return [.. _body.KeypointSites.Select(site => data.SitePositions.Row(site).ToArray()).Select(p => (p[0], p[1], p[2]))];
    }
}
