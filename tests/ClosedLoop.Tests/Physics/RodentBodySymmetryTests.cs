using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics;

public sealed class RodentBodySymmetryTests
{
    [Fact]
    public void Right_and_left_weigh_the_same_and_resist_turning_the_same()
    {
        using var model = MujocoModel.Load(RodentBody.Mjcf(new() { Appearance = RodentAppearance.Shapes }));
        var pairs = RodentBody.BodyNames.Where(name => name.EndsWith("_L", StringComparison.Ordinal)).ToList();
        Assert.Equal(9, pairs.Count);
        foreach (var left in pairs)
        {
            var (l, r) = (model.Id(ObjectType.Body, left), model.Id(ObjectType.Body, left[..^1] + "R"));
            Assert.Equal(model.Doubles("body_mass")[l], model.Doubles("body_mass")[r]);
            Assert.Equal(model.Doubles("body_inertia").Row(l).ToArray(), model.Doubles("body_inertia").Row(r).ToArray());
            Assert.Equal(Mirrored(model.Doubles("body_ipos").Row(l)), model.Doubles("body_ipos").Row(r).ToArray());
        }
    }

    /// <summary>Catches a wrongly mirrored joint axis, which no comparison of positions at rest can see.</summary>
    [Fact]
    public void Equal_angles_left_and_right_put_every_site_on_its_mirror_image()
    {
        using var model = MujocoModel.Load(RodentBody.Mjcf(new() { Appearance = RodentAppearance.Shapes }));
        using var data = new MujocoData(model);
        var random = new Random(11);
        var address = model.Ints("jnt_qposadr");
        foreach (var name in RodentBody.JointNames)
        {
            if (name.Contains("_R", StringComparison.Ordinal))
                continue;
            // A symmetric posture: trunk, neck and tail only flex.
            if (!name.Contains("_L", StringComparison.Ordinal) && !name.EndsWith("_extend", StringComparison.Ordinal))
                continue;
            var angle = (random.NextDouble() - 0.5) * 0.6;
            data.Qpos[address[model.Id(ObjectType.Joint, name)]] = angle;
            if (name.Contains("_L", StringComparison.Ordinal))
                data.Qpos[address[model.Id(ObjectType.Joint, name.Replace("_L", "_R", StringComparison.Ordinal))]] = angle;
        }
        data.Kinematics();
        var compared = 0;
        foreach (var left in model.Names(ObjectType.Site).Where(name => name[^1] == 'L' && name != "SpineL"))
        {
            var (l, r) = (model.Id(ObjectType.Site, left), model.Id(ObjectType.Site, left[..^1] + "R"));
            var (expected, found) = (Mirrored(data.SitePositions.Row(l)), data.SitePositions.Row(r).ToArray());
            for (var k = 0; k < 3; k++)
                Assert.True(Math.Abs(expected[k] - found[k]) < 1e-9, $"{left}: {string.Join(' ', expected)} against {string.Join(' ', found)}");
            compared++;
        }
        Assert.InRange(compared, 19, 40);
    }

    [Fact]
    public void Midline_keypoints_lie_on_the_midline()
    {
        Assert.All(RodentBody.KeypointAttachments().Where(a => a.Keypoint is "Snout" or "SpineF" or "SpineM" or "SpineL" or "TailBase"),
            attachment => Assert.Equal(0, attachment.Y));
        Assert.Equal(KeypointLayout.Rat23.Names, RodentBody.KeypointAttachments().Select(a => a.Keypoint));
    }

    private static double[] Mirrored(ReadOnlySpan<double> point) => [point[0], -point[1], point[2]];
}
