using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation;

public sealed class ViewRendererTests
{
    private static readonly AnimalLook Dark = new(new(), new()
    {
        FloorPainting = new byte[3 * ArenaScenery.FloorPixels * ArenaScenery.FloorPixels],
        Ground = [0, 0, 0],
        Sky = ([0, 0, 0], [0, 0, 0]),
        Ambient = [1, 1, 1],
        Lamps = [],
        FloorShine = 0,
    });

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(2, 1.0)]
    [InlineData(3, 1.0)]
    public void A_small_ball_is_seen_where_the_calibration_projects_it(int seed, double variety)
    {
        var rig = SimulatedRig.Create(new() { Seed = seed, Variety = variety, Cameras = 3 });
        using var renderer = new ViewRenderer(1, Dark, rig);
        var image = new byte[3 * 320 * 240];
        var (sumU, sumV, count) = (0.0, 0.0, 0);
        for (var view = 0; view < renderer.Views; view++)
        {
            var camera = rig.Cameras[view];
            // The middle, the edges and all four corners, at two distances and just above the floor.
            foreach (var (u, v) in ((double, double)[])[(160, 120), (8, 8), (311, 8), (8, 231), (311, 231), (160, 8), (8, 120), (80, 200), (260, 60)])
                foreach (var asked in (double[])[0.3, 0.4, 1.2])
                {
                    var (x, y) = camera.Direction(u, v);
                    var fall = camera.CentreM.Z - FromCamera(camera, x, y, 1)[2];
                    var depth = fall > 0 ? Math.Min(asked, (camera.CentreM.Z - 0.03) / fall) : asked;
                    var point = FromCamera(camera, x * depth, y * depth, depth);
                    renderer.ShowNone();
                    renderer.AddBall(point, 0.015 * depth, 1, 1, 1);
                    renderer.Photograph(view, image);
                    var seen = Centroid(image);
                    var (wantedU, wantedV) = camera.Project(point[0], point[1], point[2]);
                    var miss = Math.Sqrt(Math.Pow(seen.U - wantedU, 2) + Math.Pow(seen.V - wantedV, 2));
                    Assert.True(miss < 0.3, $"{camera.Name}: ball at ({wantedU:F2}, {wantedV:F2}) px, {depth} m is seen at ({seen.U:F2}, {seen.V:F2})");
                    (sumU, sumV, count) = (sumU + seen.U - wantedU, sumV + seen.V - wantedV, count + 1);
                }
        }
        // Jagged edges move single balls; an image that is off by half a pixel would move them all.
        Assert.InRange(sumU / count, -0.05, 0.05);
        Assert.InRange(sumV / count, -0.05, 0.05);
    }

    [Fact]
    public void A_renderer_that_ignored_the_distortion_would_fail_the_test_above()
    {
        var camera = SimulatedRig.Create(new() { Seed = 2, Variety = 1 }).Cameras[0];
        var straight = camera with { Distortion = new double[5] };
        var (x, y) = camera.Direction(8, 8);
        var point = FromCamera(camera, 0.7 * x, 0.7 * y, 0.7);
        Assert.True(Math.Abs(straight.Project(point[0], point[1], point[2]).U - 8) > 2);
    }

    [Fact]
    public void The_drawn_body_stands_where_the_simulated_animal_does()
    {
        using var animal = new SimulatedAnimal(RodentBody.Describe(), new() { Scale = 0.85, MassKg = null, OffsetSdM = 0, Seed = 5 });
        for (var frame = 0; frame < 100; frame++)
            animal.Advance();
        using var drawn = MujocoModel.Load(RodentBody.Mjcf(new() { Scale = 0.85, Collision = RodentCollision.None }));
        using var data = new MujocoData(drawn);
        animal.Qpos.CopyTo(data.Qpos.Span);
        data.Kinematics();
        for (var k = 0; k < KeypointLayout.Rat23.Count; k++)
        {
            var site = data.SitePositions.Row(drawn.Id(ObjectType.Site, KeypointLayout.Rat23.Names[k]));
            for (var axis = 0; axis < 3; axis++)
                Assert.Equal(site[axis], animal.KeypointPositions[(3 * k) + axis], 1e-6);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_pixels_and_another_seed_others()
    {
        var first = Picture(11);
        Assert.Equal(first, Picture(11));
        var other = Picture(12);
        Assert.True(first.Zip(other).Count(pair => pair.First != pair.Second) > first.Length / 3);
    }

    [Fact]
    public void The_animal_covers_hundreds_of_pixels_around_its_keypoints_and_none_when_it_is_taken_out()
    {
        var rig = SimulatedRig.Create();
        using var renderer = new ViewRenderer(0.9, AnimalLook.Draw(3), rig);
        var (empty, shown) = (new byte[3 * 320 * 240], new byte[3 * 320 * 240]);
        renderer.Photograph(2, empty);
        renderer.Show(RodentBody.StandingPose(0.9));
        renderer.Photograph(2, shown);
        var (u, v) = rig.Cameras[2].Project(0, 0, 0.05);
        var inside = 0;
        for (var i = 0; i < 320 * 240; i++)
            if (Math.Abs(shown[3 * i] - empty[3 * i]) > 12 && Math.Abs((i % 320) - u) < 50 && Math.Abs((i / 320) - v) < 50)
                inside++;
        Assert.InRange(inside, 300, 6000);
        renderer.ShowNone();
        renderer.Photograph(2, shown);
        Assert.Equal(empty, shown);
    }

    [Fact]
    public void Views_are_drawn_without_allocating()
    {
        using var renderer = new ViewRenderer(1, Dark, SimulatedRig.Create());
        var image = new byte[3 * 320 * 240];
        var pose = RodentBody.StandingPose();
        var lab = new PhotoLab(320, 240);
        void Draw()
        {
            renderer.Show(pose);
            renderer.Photograph(0, image);
            lab.Develop(image, new() { BlurPx = 0.5f, ReadNoise = 2, MotionXPx = 2, MotionRight = 100, MotionBottom = 100 });
        }
        Draw();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Draw();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] Picture(int seed)
    {
        using var renderer = new ViewRenderer(0.9, AnimalLook.Draw(seed), SimulatedRig.Create(new() { Seed = seed, Cameras = 1 }));
        renderer.Show(RodentBody.StandingPose(0.9));
        var image = new byte[renderer.ImageBytes(0)];
        renderer.Photograph(0, image);
        new PhotoLab(320, 240).Develop(image, new() { ReadNoise = 2, Seed = (ulong)seed });
        return image;
    }

    private static double[] FromCamera(CameraCalibration camera, double x, double y, double z)
    {
        var (r, c) = (camera.Rotation, camera.CentreM);
        return [c.X + (r[0] * x) + (r[3] * y) + (r[6] * z), c.Y + (r[1] * x) + (r[4] * y) + (r[7] * z), c.Z + (r[2] * x) + (r[5] * y) + (r[8] * z)];
    }

    private static (double U, double V) Centroid(byte[] image)
    {
        var (sum, u, v) = (0.0, 0.0, 0.0);
        for (var i = 0; i < 320 * 240; i++)
        {
            var level = (double)image[3 * i];
            sum += level;
            u += level * (i % 320);
            v += level * (i / 320);
        }
        Assert.True(sum > 500, "the ball is not in the picture");
        return (u / sum, v / sum);
    }
}
