using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics;

public sealed class RodentBodyContactTests
{
    [Theory]
    [InlineData(RodentCollision.FloorOnly, false)]
    [InlineData(RodentCollision.SelfCollision, true)]
    [InlineData(RodentCollision.None, false)]
    public void A_foot_pushed_into_the_belly_touches_it_only_where_the_body_collides_with_itself(RodentCollision collision, bool touches)
    {
        using var model = Load(collision);
        using var data = new MujocoData(model);
        var address = model.Ints("jnt_qposadr");
        data.Qpos[2] = 0.5;
        data.Qpos[address[model.Id(ObjectType.Joint, "hip_L_extend")]] = -1.2;
        data.Qpos[address[model.Id(ObjectType.Joint, "hip_L_abduct")]] = -0.5;
        data.Qpos[address[model.Id(ObjectType.Joint, "knee_L")]] = -0.6;
        data.Qpos[address[model.Id(ObjectType.Joint, "hip_L_supinate")]] = -0.5;
        data.Forward();
        Assert.Equal(touches, SelfContacts(model, data).Any(pair => pair.Contains("leg_L", StringComparison.Ordinal) || pair.Contains("foot_L", StringComparison.Ordinal)));
    }

    [Fact]
    public void Nothing_touches_itself_at_rest()
    {
        using var model = Load(RodentCollision.SelfCollision);
        using var data = new MujocoData(model);
        data.Qpos[2] = 0.5;
        data.Forward();
        Assert.Empty(SelfContacts(model, data));
    }

    [Fact]
    public void Paws_grip_with_the_published_friction_whatever_they_stand_on()
    {
        using var model = Load(RodentCollision.FloorOnly);
        foreach (var name in (string[])["foot_L", "toe_R1", "hand_L", "finger_R0"])
        {
            var geom = model.Id(ObjectType.Geom, name);
            Assert.Equal([1.5, 0.005, 0.0001], model.Doubles("geom_friction").Row(geom).ToArray());
            Assert.Equal(3, model.Ints("geom_condim")[geom]);
            Assert.Equal(1, model.Ints("geom_priority")[geom]);
        }
    }

    private static MujocoModel Load(RodentCollision collision) =>
        MujocoModel.Load(RodentBody.Mjcf(new() { Collision = collision, Appearance = RodentAppearance.Shapes }));

    private static List<string> SelfContacts(MujocoModel model, MujocoData data)
    {
        var names = model.Names(ObjectType.Geom);
        return [.. Enumerable.Range(0, data.ContactCount).Select(data.Contact)
            .Where(contact => contact.Geom1 != 0 && contact.Geom2 != 0)
            .Select(contact => $"{names[contact.Geom1]} {names[contact.Geom2]}")];
    }
}
