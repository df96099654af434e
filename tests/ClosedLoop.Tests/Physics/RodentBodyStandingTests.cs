using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics;

public sealed class RodentBodyStandingTests
{
    [Theory]
    [InlineData(1, RodentCollision.FloorOnly)]
    [InlineData(0.85, RodentCollision.FloorOnly)]
    [InlineData(1, RodentCollision.SelfCollision)]
    public void The_rat_stands_still_for_five_seconds(double scale, RodentCollision collision)
    {
        using var model = MujocoModel.Load(RodentBody.Mjcf(new() { Scale = scale, Collision = collision, Appearance = RodentAppearance.Shapes }));
        using var data = Standing(model, scale);
        var start = data.Qpos.Span[..7].ToArray();
        // The first half second brings the weight onto the servos.
        data.Step(250);
        var (lowest, highest, fastest) = (double.MaxValue, double.MinValue, 0.0);
        for (var i = 0; i < 225; i++)
        {
            data.Step(10);
            lowest = Math.Min(lowest, data.Qpos[2]);
            highest = Math.Max(highest, data.Qpos[2]);
            if (i > 100)
                for (var dof = 0; dof < 3; dof++)
                    fastest = Math.Max(fastest, Math.Abs(data.Qvel[dof]));
        }
        Assert.True(highest - lowest < 0.001, $"the torso moved between {lowest:F4} and {highest:F4} m");
        Assert.InRange(data.Qpos[2], start[2] - 0.006, start[2] + 0.001);
        Assert.InRange(Math.Sqrt(Math.Pow(data.Qpos[0] - start[0], 2) + Math.Pow(data.Qpos[1] - start[1], 2)), 0, 0.01);
        Assert.True(fastest < 0.02, $"the torso still moves at {fastest:F4} m/s");
        // Upright: the torso's z axis points up.
        Assert.InRange(data.BodyRotations.Row(model.Id(ObjectType.Body, "torso"))[8], 0.97, 1);
    }

    [Fact]
    public void All_four_paws_carry_weight()
    {
        using var model = MujocoModel.Load(RodentBody.Mjcf(new() { Appearance = RodentAppearance.Shapes }));
        using var data = Standing(model, 1);
        data.Step(1000);
        data.Forward();
        var names = model.Names(ObjectType.Geom);
        var touching = Enumerable.Range(0, data.ContactCount).Select(i => names[data.Contact(i).Geom2]).ToHashSet();
        foreach (var side in "LR")
        {
            Assert.Contains($"foot_{side}", touching);
            Assert.Contains(touching, name => name == $"hand_{side}" || name.StartsWith($"finger_{side}", StringComparison.Ordinal));
        }
        Assert.DoesNotContain("torso", touching);
        Assert.DoesNotContain("belly", touching);
    }

    [Fact]
    public void A_rat_dropped_on_its_back_stays_above_the_floor()
    {
        using var model = MujocoModel.Load(RodentBody.Mjcf(new() { Appearance = RodentAppearance.Shapes }));
        using var data = Standing(model, 1);
        data.Qpos[2] = 0.12;
        data.Qpos[3] = 0.05;
        data.Qpos[4] = Math.Sqrt(1 - (0.05 * 0.05));
        data.Qpos[5] = 0;
        data.Step(1000);
        data.Kinematics();
        foreach (var name in (string[])["torso", "pelvis", "skull", "vertebra_4"])
            Assert.True(data.BodyPositions.Row(model.Id(ObjectType.Body, name))[2] > 0.004, $"{name} sank into the floor");
    }

    private static MujocoData Standing(MujocoModel model, double scale)
    {
        var data = new MujocoData(model);
        var pose = RodentBody.StandingPose(scale);
        pose.CopyTo(data.Qpos.Span);
        RodentBody.ControlsFor(pose).CopyTo(data.Ctrl.Span);
        data.Ctrl.Span.CopyTo(data.Act.Span);
        return data;
    }
}
