using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking;

public sealed class PawContactsTests
{
    [Fact]
    public void A_rat_has_four_paws_with_their_digits()
    {
        var model = PlantedAnimal.Instance.Truth.Model;
        var paws = PawGeoms.Of(PlantedAnimal.Instance.Truth);
        Assert.Equal(["foot_L", "foot_R", "hand_L", "hand_R"], paws.Select(paw => model.Name(ObjectType.Body, paw.Body)));
        Assert.All(paws, paw => Assert.True(paw.Geoms.Length >= 2));
        Assert.Equal(["FootL", "FootR", "HandL", "HandR"], paws.Select(paw => KeypointLayout.Rat23.Names[Assert.Single(paw.Keypoints)]));
    }

    [Fact]
    public void Heights_are_those_of_the_lowest_points_of_the_geoms_where_MuJoCo_has_them()
    {
        const int Sphere = 2, Capsule = 3, Ellipsoid = 4;
        var animal = PlantedAnimal.Instance;
        var model = animal.Truth.Model;
        var contacts = new PawContacts(new(animal.Truth));
        using var data = new MujocoData(model);
        foreach (var frame in new[] { 0, 150, 300, 399 })
        {
            animal.Poses[frame].CopyTo(data.Qpos.Span);
            data.Kinematics();
            contacts.Update(animal.Poses[frame]);
            for (var p = 0; p < contacts.Paws.Length; p++)
            {
                var lowest = contacts.Paws[p].Geoms.Min(geom =>
                {
                    var size = model.Doubles("geom_size").Row(geom);
                    var r = data.Doubles("geom_xmat").Row(geom);
                    var z = data.Doubles("geom_xpos").Row(geom)[2];
                    return model.Ints("geom_type")[geom] switch
                    {
                        Sphere => z - size[0],
                        Capsule => z - (Math.Abs(r[8]) * size[1]) - size[0],
                        Ellipsoid => z - Math.Sqrt(Math.Pow(r[6] * size[0], 2) + Math.Pow(r[7] * size[1], 2) + Math.Pow(r[8] * size[2], 2)),
                        var type => throw new InvalidOperationException($"the body's paws have a geom of type {type}, which this test does not know"),
                    };
                });
                Assert.InRange(contacts.PawHeight(p) - lowest, -1e-9, 0.00022);
            }
        }
    }

    [Fact]
    public void Derivatives_of_the_heights_are_those_of_small_steps()
    {
        const double Step = 1e-6;
        var animal = PlantedAnimal.Instance;
        var tree = new KinematicTree(animal.Truth);
        var contacts = new PawContacts(tree);
        var ones = Enumerable.Repeat(1.0, contacts.Count).ToArray();
        var rows = new double[tree.DofCount * contacts.Count];
        foreach (var frame in new[] { 0, 170, 320 })
        {
            var pose = animal.Poses[frame];
            contacts.Update(pose);
            contacts.Jacobian(ones, rows);
            var moved = new double[2][];
            for (var d = 0; d < tree.DofCount; d++)
            {
                foreach (var side in new[] { 0, 1 })
                {
                    var at = (double[])pose.Clone();
                    var step = side == 0 ? -Step : Step;
                    if (d < 3)
                        at[d] += step;
                    else if (d < 6)
                        PoseSolver.Rotate(at.AsSpan(3, 4), [.. Enumerable.Range(3, 3).Select(i => i == d ? step : 0)]);
                    else
                        at[tree.QposIndex[d]] += step;
                    contacts.Update(at);
                    moved[side] = [.. contacts.Heights];
                }
                for (var c = 0; c < contacts.Count; c++)
                {
                    var ours = c >= contacts.Start[d] && c < contacts.End[d] ? rows[(d * contacts.Count) + c] : 0;
                    Assert.Equal((moved[1][c] - moved[0][c]) / (2 * Step), ours, 1e-6);
                }
            }
        }
    }
}
