using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation;

public sealed class SimulatedRigTests
{
    [Fact]
    public void Six_cameras_see_the_middle_at_less_than_three_millimetres_per_pixel()
    {
        foreach (var camera in SimulatedRig.Create().Cameras)
        {
            var (u, v) = camera.Project(0, 0, 0.05);
            Assert.InRange(u, 80, 240);
            Assert.InRange(v, 60, 180);
            Assert.InRange(1000 * camera.ToCamera(0, 0, 0.05).Z / camera.FocalXPx, 2.3, 3);
            Assert.True(camera.CentreM.Z > 0.3);
        }
    }

    [Fact]
    public void An_animal_stays_in_every_view()
    {
        var rig = SimulatedRig.Create(new() { Seed = 9 });
        using var animal = new SimulatedAnimal(
            RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes }),
            new() { Scale = 1, MassKg = null, OffsetSdM = 0, ArenaRadiusM = SimulatedRig.ArenaRadiusM });
        for (var frame = 0; frame < 1500; frame++)
        {
            animal.Advance();
            var k = animal.KeypointPositions;
            for (var i = 0; i < k.Length; i += 3)
                foreach (var camera in rig.Cameras)
                {
                    var (u, v) = camera.Project(k[i], k[i + 1], k[i + 2]);
                    Assert.True(u is > -0.5 and < 319.5 && v is > -0.5 and < 239.5, $"{camera.Name} loses a keypoint at ({u:F0}, {v:F0})");
                }
        }
    }

    [Fact]
    public void A_seed_gives_one_rig_and_variety_gives_many()
    {
        var (first, again, other) = (SimulatedRig.Create(new() { Seed = 4, Variety = 1 }), SimulatedRig.Create(new() { Seed = 4, Variety = 1 }), SimulatedRig.Create(new() { Seed = 5, Variety = 1 }));
        Assert.Equal(first.Cameras.Select(c => (c.FocalXPx, c.TranslationM[2])), again.Cameras.Select(c => (c.FocalXPx, c.TranslationM[2])));
        Assert.All(first.Cameras.Zip(other.Cameras), pair => Assert.NotEqual(pair.First.FocalXPx, pair.Second.FocalXPx));
        // Rotations are rotations, and no camera is mirrored.
        foreach (var r in first.Cameras.Select(camera => camera.Rotation))
        {
            var determinant = (r[0] * ((r[4] * r[8]) - (r[5] * r[7]))) - (r[1] * ((r[3] * r[8]) - (r[5] * r[6]))) + (r[2] * ((r[3] * r[7]) - (r[4] * r[6])));
            Assert.Equal(1, determinant, 1e-9);
        }
    }

    [Theory]
    [InlineData(665)]
    [InlineData(742)]
    [InlineData(824)]
    [InlineData(829)]
    [InlineData(3)]
    public void Every_pixel_of_a_freely_drawn_camera_has_a_direction(int seed)
    {
        // The lenses that were drawn for the first four fold back within a few pixels of one side.
        foreach (var camera in SimulatedRig.Create(new() { Seed = seed, Variety = 1 }).Cameras)
            for (var v = 0; v < camera.HeightPx; v++)
                for (var u = 0; u < camera.WidthPx; u += v is 0 or 239 ? 1 : 319)
                    Assert.False(double.IsNaN(camera.Direction(u, v).X), $"{camera.Name} at ({u}, {v})");
    }

    [Fact]
    public void Impossible_rigs_are_refused()
    {
        Assert.Contains("1 to 64", Assert.Throws<ClosedLoopException>(() => SimulatedRig.Create(new() { Cameras = 0 })).Message);
        Assert.Contains("64 x 48", Assert.Throws<ClosedLoopException>(() => SimulatedRig.Create(new() { WidthPx = 10 })).Message);
    }
}
