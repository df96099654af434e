using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics;

/// <summary>Our rat against the published rodent: its numbers always, its files where they are at hand.</summary>
public sealed class RodentBodyPublishedTests
{
    [Fact]
    public void Joints_have_the_published_names_order_and_ranges()
    {
        using var model = Load(footModifications: false);
        Assert.Equal(PublishedRodent.Joints.Select(joint => joint.Name), RodentBody.JointNames);
        var range = model.Doubles("jnt_range");
        for (var i = 0; i < PublishedRodent.Joints.Length; i++)
        {
            var (name, low, high) = PublishedRodent.Joints[i];
            Assert.Equal(name, model.Name(ObjectType.Joint, i + 1));
            Assert.Equal(low, range.Row(i + 1)[0], 1e-4);
            Assert.Equal(high, range.Row(i + 1)[1], 1e-4);
        }
    }

    [Fact]
    public void Actuators_have_the_published_names_order_gains_and_filter()
    {
        using var model = Load(footModifications: true);
        Assert.Equal(PublishedRodent.Actuators.Select(actuator => actuator.Name), model.Names(ObjectType.Actuator));
        for (var i = 0; i < PublishedRodent.Actuators.Length; i++)
        {
            var (_, gain, bias0, bias1) = PublishedRodent.Actuators[i];
            Assert.Equal(gain, model.Doubles("actuator_gainprm").Row(i)[0], 1e-4);
            Assert.Equal(bias0, model.Doubles("actuator_biasprm").Row(i)[0], 1e-4);
            Assert.Equal(bias1, model.Doubles("actuator_biasprm").Row(i)[1], 1e-9);
            Assert.Equal(0.04, model.Doubles("actuator_dynprm").Row(i)[0], 1e-12);
        }
    }

    [Fact]
    public void Bodies_have_the_published_names_order_and_masses()
    {
        using var model = Load(footModifications: true);
        Assert.Equal(PublishedRodent.Bodies.Select(body => body.Name), model.Names(ObjectType.Body).Skip(1));
        for (var i = 0; i < PublishedRodent.Bodies.Length; i++)
            Assert.Equal(PublishedRodent.Bodies[i].MassG * 1e-3, model.Doubles("body_mass")[i + 1], 1e-6);
    }

    [SkippableFact]
    public void The_skeleton_is_the_published_one()
    {
        using var published = MujocoModel.Load(PublishedMjcf());
        using var ours = Load(footModifications: true);
        foreach (var name in RodentBody.JointNames)
        {
            var (a, b) = (published.Id(ObjectType.Joint, name), ours.Id(ObjectType.Joint, name));
            Assert.Equal(published.Ints("jnt_qposadr")[a], ours.Ints("jnt_qposadr")[b]);
            foreach (var array in (string[])["jnt_axis", "jnt_pos", "jnt_range"])
                for (var k = 0; k < published.Doubles(array).Columns; k++)
                    Assert.True(Math.Abs(published.Doubles(array).Row(a)[k] - ours.Doubles(array).Row(b)[k]) < 1.2e-3, $"{array} of {name}");
            Assert.Equal(published.Doubles("jnt_stiffness")[a], ours.Doubles("jnt_stiffness")[b], 1e-9);
            var (dofA, dofB) = (published.Ints("jnt_dofadr")[a], ours.Ints("jnt_dofadr")[b]);
            Assert.Equal(published.Doubles("dof_damping")[dofA], ours.Doubles("dof_damping")[dofB], 1e-9);
            Assert.Equal(published.Doubles("dof_armature")[dofA], ours.Doubles("dof_armature")[dofB], 1e-9);
            Assert.Equal(published.Doubles("qpos_spring")[dofA + 1], ours.Doubles("qpos_spring")[dofB + 1], 1e-6);
        }
        foreach (var name in RodentBody.BodyNames.Where(name => name != "torso"))
        {
            var (a, b) = (published.Id(ObjectType.Body, name), ours.Id(ObjectType.Body, name));
            for (var k = 0; k < 3; k++)
                Assert.True(Math.Abs(published.Doubles("body_pos").Row(a)[k] - ours.Doubles("body_pos").Row(b)[k]) < 2e-5, $"position of {name}");
            for (var k = 0; k < 4; k++)
                Assert.Equal(published.Doubles("body_quat").Row(a)[k], ours.Doubles("body_quat").Row(b)[k], 1e-6);
        }
    }

    [SkippableFact]
    public void Servos_and_tendons_are_the_published_ones()
    {
        using var published = MujocoModel.Load(PublishedMjcf());
        using var ours = Load(footModifications: true);
        Assert.Equal(published.Names(ObjectType.Actuator), ours.Names(ObjectType.Actuator));
        Assert.Equal(published.Names(ObjectType.Tendon), ours.Names(ObjectType.Tendon));
        foreach (var array in (string[])["actuator_gainprm", "actuator_biasprm", "actuator_dynprm", "actuator_gear", "actuator_ctrlrange", "wrap_prm"])
        {
            var (a, b) = (published.Doubles(array).Span.ToArray(), ours.Doubles(array).Span.ToArray());
            Assert.Equal(a.Length, b.Length);
            for (var i = 0; i < a.Length; i++)
                Assert.True(Math.Abs(a[i] - b[i]) < 2e-5, $"{array}[{i}]: {a[i]} published, {b[i]} ours");
        }
    }

    [SkippableFact]
    public void One_core_steps_our_rat_about_as_fast_as_the_published_one_or_faster()
    {
        using var published = MujocoModel.Load(PublishedMjcf());
        using var ours = MujocoModel.Load(RodentBody.Mjcf());
        // Aimed at 1.0 and measured above it; the bound leaves room for a machine that does other things meanwhile.
        foreach (var amplitude in (double[])[0.3, 1])
            Assert.InRange(SteppingSpeed.Compare(published, ours, amplitude).Ratio, 0.9, 10);
    }

    internal static string PublishedMjcf() =>
        File.ReadAllText(TestData.Require("models/stac_mjx_rodent.xml")).Replace("ls_iterations=\"6\"", "", StringComparison.Ordinal);

    private static MujocoModel Load(bool footModifications) =>
        MujocoModel.Load(RodentBody.Mjcf(new() { Appearance = RodentAppearance.Shapes, FootModifications = footModifications }));
}
