using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics.Evaluation;

/// <summary>Distances of keypoint sites where a body stands off its reference by a known amount.</summary>
public sealed class KeypointErrorsTests : IDisposable
{
    private readonly BodyModel _body = RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes }).Compile(KeypointLayout.Rat23);

    public void Dispose() => _body.Dispose();

    [Fact]
    public void A_shifted_and_turned_body_is_off_in_the_world_and_not_in_its_pose()
    {
        var (total, pose, parts, _) = Measure(qpos => (qpos[0], qpos[1]) = (qpos[0] + 0.03, qpos[1] - 0.04));
        Assert.Equal(50, total, 1e-3);
        Assert.InRange(pose, 0, 1e-3);
        Assert.All(parts, error => Assert.Equal(50, error, 1e-3));
        (total, pose, _, _) = Measure(qpos =>
        {
            // A quarter turn about the vertical through the root, which stands beneath none of the keypoints.
            var (w, x, y, z) = (qpos[3], qpos[4], qpos[5], qpos[6]);
            var half = Math.Sqrt(0.5);
            (qpos[3], qpos[4], qpos[5], qpos[6]) = (half * (w - z), half * (x - y), half * (y + x), half * (z + w));
        });
        Assert.InRange(total, 20, 200);
        Assert.InRange(pose, 0, 1e-3);
    }

    [Fact]
    public void A_bent_elbow_is_off_in_one_part_alone()
    {
        var elbow = 7 + RodentBody.JointNames.ToList().IndexOf("elbow_L");
        Assert.True(elbow >= 7);
        var (total, pose, parts, aligned) = Measure(qpos => qpos[elbow] += 0.5);
        var left = new KeypointParts(KeypointLayout.Rat23).Names.ToList().IndexOf("forelimb_left");
        Assert.True(parts[left] > 2);
        for (var part = 0; part < parts.Length; part++)
            if (part != left)
                Assert.InRange(parts[part], 0, 1e-3);
        Assert.Equal(parts[left] * 4 / 23, total, 1e-3);
        // Moving and turning the whole spreads the error over all parts, and makes it smaller in the sum of squares.
        Assert.InRange(pose, 1e-3, 2 * total);
        Assert.True(aligned[left] < parts[left]);
    }

    private (double Total, double Pose, float[] Parts, float[] Aligned) Measure(Action<double[]> disturb)
    {
        using MujocoData data = new(_body.Model), target = new(_body.Model);
        var standing = RodentBody.StandingPose();
        standing.CopyTo(target.Qpos.Span);
        target.Kinematics();
        var reference = new Pose(_body.Model.Nq, _body.Model.Nv, 23);
        for (var k = 0; k < 23; k++)
            target.SitePositions.Row(_body.KeypointSites[k]).CopyTo(reference.SitePositions.AsSpan(3 * k));
        disturb(standing);
        standing.CopyTo(data.Qpos.Span);
        data.Kinematics();
        var errors = new KeypointErrors(_body);
        var (world, aligned) = (new float[errors.Parts.Names.Count], new float[errors.Parts.Names.Count]);
        var pose = errors.Measure(data, reference, world, aligned);
        var total = Enumerable.Range(0, world.Length).Sum(part => (double)world[part] * errors.Parts.Keypoints[part].Length) / 23;
        return (total, pose, world, aligned);
    }
}
