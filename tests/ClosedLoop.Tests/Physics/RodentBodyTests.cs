using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics;

public sealed class RodentBodyTests
{
    private static readonly RodentBodyOptions Plain = new() { Appearance = RodentAppearance.Shapes };

    [Theory]
    [InlineData(RodentCollision.FloorOnly)]
    [InlineData(RodentCollision.SelfCollision)]
    [InlineData(RodentCollision.None)]
    public void The_rat_has_74_positions_73_degrees_of_freedom_38_actuators_and_38_activations(RodentCollision collision)
    {
        using var model = MujocoModel.Load(RodentBody.Mjcf(Plain with { Collision = collision }));
        Assert.Equal((74, 73, 38, 38), (model.Nq, model.Nv, model.Nu, model.Na));
        Assert.Equal("root", model.Name(ObjectType.Joint, 0));
        Assert.Equal("torso", model.Name(ObjectType.Body, model.Ints("jnt_bodyid")[0]));
        Assert.Equal("", model.Warning);
    }

    [Fact]
    public void Every_keypoint_has_a_site()
    {
        using var model = MujocoModel.Load(RodentBody.Mjcf(Plain));
        Assert.All(KeypointLayout.Rat23.Names, name => Assert.NotNull(model.TryId(ObjectType.Site, name)));
    }

    [Fact]
    public void The_same_options_give_the_same_text()
    {
        Assert.Equal(RodentBody.Mjcf(new()), RodentBody.Mjcf(new()));
        Assert.Equal(RodentBody.Hash(new()), RodentBody.Hash(new() { Appearance = RodentAppearance.Shapes }));
        Assert.NotEqual(RodentBody.Hash(new()), RodentBody.Hash(new() { Scale = 0.9 }));
    }

    [Fact]
    public void The_mass_is_338_grams_at_scale_1_follows_the_cube_of_the_scale_and_can_be_given()
    {
        Assert.InRange(Mass(Plain), 0.338 * 0.99, 0.338 * 1.01);
        Assert.Equal(RodentBody.MassKg * 0.729, Mass(Plain with { Scale = 0.9 }), 1e-9);
        Assert.Equal(0.25, Mass(Plain with { MassKg = 0.25, Scale = 0.9 }), 1e-9);
    }

    [Fact]
    public void Scaling_multiplies_every_length_by_the_scale()
    {
        const double Scale = 0.85;
        using var whole = MujocoModel.Load(RodentBody.Mjcf(Plain));
        using var small = MujocoModel.Load(RodentBody.Mjcf(Plain with { Scale = Scale }));
        foreach (var name in (string[])["body_pos", "body_ipos", "jnt_pos", "site_pos"])
            Similar(whole.Doubles(name), small.Doubles(name), Scale, name);
        // The first geom is the floor.
        foreach (var name in (string[])["geom_pos", "geom_size"])
            for (var i = 3; i < whole.Doubles(name).Span.Length; i++)
                Assert.Equal(whole.Doubles(name)[i] * Scale, small.Doubles(name)[i], 1e-12);
        Similar(whole.Doubles("body_inertia"), small.Doubles("body_inertia"), Math.Pow(Scale, 5), "body_inertia");
    }

    [Fact]
    public void A_torque_rat_has_torque_limits_as_gains_and_gears_of_the_scale_squared()
    {
        using var model = MujocoModel.Load(RodentBody.Mjcf(Plain with { Actuation = RodentActuation.Torque, Scale = 0.9 }));
        var knee = model.Id(ObjectType.Actuator, "knee_L");
        Assert.Equal(0.2, model.Doubles("actuator_gainprm").Row(knee)[0], 1e-12);
        Assert.Equal(20, model.Doubles("actuator_gainprm").Row(0)[0], 1e-12);
        Assert.All(model.Doubles("actuator_biasprm").Span.ToArray(), bias => Assert.Equal(0, bias));
        Assert.Equal(0.81, model.Doubles("actuator_gear").Row(knee)[0], 1e-12);
    }

    [Fact]
    public void A_prefix_stands_before_every_name_of_the_rat()
    {
        using var model = MujocoModel.Load(RodentBody.Mjcf(Plain with { NamePrefix = "a_" }));
        foreach (var type in (ObjectType[])[ObjectType.Body, ObjectType.Joint, ObjectType.Actuator, ObjectType.Site, ObjectType.Tendon])
            Assert.All(model.Names(type).Where(name => name != "world"), name => Assert.StartsWith("a_", name));
    }

    [Fact]
    public void The_rat_compiles_as_a_body_description_like_any_other_body()
    {
        using var body = RodentBody.Describe().Compile(KeypointLayout.Rat23, 0.9, 0.25);
        using var written = MujocoModel.Load(RodentBody.Mjcf(new() { Scale = 0.9, MassKg = 0.25 }));
        Assert.Equal(74, body.Model.Nq);
        Assert.Equal(0.25, body.Model.Doubles("body_mass").Span.ToArray().Sum(), 1e-9);
        // Both ways of scaling agree.
        foreach (var name in (string[])["body_pos", "jnt_pos", "body_ipos"])
            Assert.All(Enumerable.Range(0, written.Doubles(name).Span.Length), i =>
                Assert.Equal(written.Doubles(name)[i], body.Model.Doubles(name)[i], 1e-12));
    }

    [Theory]
    [InlineData(0.1, null)]
    [InlineData(double.NaN, null)]
    [InlineData(1.0, -1.0)]
    public void Impossible_sizes_are_refused(double scale, double? massKg)
    {
        var error = Assert.Throws<ClosedLoopException>(() => RodentBody.Mjcf(new() { Scale = scale, MassKg = massKg }));
        Assert.Equal(2, error.ExitCode);
    }

    private static double Mass(RodentBodyOptions options)
    {
        using var model = MujocoModel.Load(RodentBody.Mjcf(options));
        return model.Doubles("body_mass").Span.ToArray().Sum();
    }

    private static void Similar(NativeArray<double> whole, NativeArray<double> small, double factor, string name)
    {
        Assert.Equal(whole.Span.Length, small.Span.Length);
        for (var i = 0; i < whole.Span.Length; i++)
            Assert.True(Math.Abs((whole[i] * factor) - small[i]) <= 1e-12 + (1e-9 * Math.Abs(small[i])), $"{name}[{i}]: {whole[i]} became {small[i]}");
    }
}
