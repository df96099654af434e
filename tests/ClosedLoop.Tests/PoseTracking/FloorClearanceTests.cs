using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking;

public sealed class FloorClearanceTests
{
    private readonly PlantedAnimal _planted = PlantedAnimal.Instance;

    [Fact]
    public void The_tail_of_a_rat_that_sits_up_on_its_haunches_stays_above_the_floor_and_inside_its_limits()
    {
        using var body = _planted.TrueAnimal.Apply(_planted.Description, KeypointLayout.Rat23);
        using var registrar = new Registrar(body, _planted.TrueAnimal, new(), PlantedAnimal.PeriodS);
        using var data = new MujocoData(body.Model);
        var solver = new PoseSolver(body);
        var tail = TailGeoms(body.Model);
        Assert.Equal(8, tail.Length);
        var (deepest, previous, fastest) = (0.0, Array.Empty<double>(), 0.0);
        for (var t = 0; t < 120; t++)
        {
            // From all fours until the trunk stands at 40 degrees, and down again; one set in ten is missing.
            var pose = Sitting(body, 20 * (1 - Math.Cos(2 * Math.PI * t / 120)) * Math.PI / 180);
            deepest = Math.Min(deepest, Lowest(data, pose, tail));
            var keypoints = _planted.Keypoints(0);
            solver.SitePositions(pose, keypoints.Positions);
            for (var k = 0; k < KeypointLayout.Rat23.Count; k++)
                keypoints.Position(k)[2] += PlantedAnimal.FloorM;
            var registered = registrar.Process(PlantedAnimal.Tick(t, t % 10 == 9 ? null : keypoints));
            Assert.InRange(Lowest(data, registered.Qpos, tail), -1e-3, double.PositiveInfinity);
            for (var d = 6; d < body.Model.Nv; d++)
                Assert.InRange(registered.Qpos[d + 1], body.HingeRanges[d].Lower, body.HingeRanges[d].Upper);
            if (previous.Length > 0)
                fastest = Math.Max(fastest, TailAngles(body.Model).Max(i => Math.Abs(registered.Qpos[i] - previous[i])));
            previous = [.. registered.Qpos];
        }
        // NB: what the test is about: left at rest, the tail would be well inside the floor.
        Assert.InRange(deepest, double.NegativeInfinity, -0.03);
        // The trunk turns by 1 degree a frame at most, and no joint of the tail much faster.
        Assert.InRange(fastest * 180 / Math.PI, 0, 1.5);
    }

    [Fact]
    public void A_body_that_is_carried_high_keeps_its_tail_at_rest()
    {
        using var body = _planted.TrueAnimal.Apply(_planted.Description, KeypointLayout.Rat23);
        var solver = new PoseSolver(body);
        var clearance = new FloorClearance(solver.Tree, solver.RestPose);
        var pose = Sitting(body, 0.3);
        pose[2] += 0.3;
        foreach (var index in clearance.QposIndices)
            pose[index] = solver.RestPose[index];
        var before = (double[])pose.Clone();
        clearance.Lift(pose);
        Assert.Equal(before, pose);
    }

    [Fact]
    public void No_more_than_is_needed_is_bent_and_nothing_that_a_keypoint_shows()
    {
        using var body = _planted.TrueAnimal.Apply(_planted.Description, KeypointLayout.Rat23);
        using var data = new MujocoData(body.Model);
        var solver = new PoseSolver(body);
        var clearance = new FloorClearance(solver.Tree, solver.RestPose);
        var set = clearance.QposIndices.ToHashSet();
        Assert.Subset(TailAngles(body.Model).Append(body.Model.Ints("jnt_qposadr")[Array.IndexOf([.. body.Model.Names(ObjectType.Joint)], "mandible")]).ToHashSet(), set);
        foreach (var pitch in new[] { 0, 0.2, 0.4 })
        {
            var pose = Sitting(body, pitch);
            var lifted = (double[])pose.Clone();
            clearance.Lift(lifted);
            Assert.InRange(Lowest(data, lifted, TailGeoms(body.Model)), -1e-9, 1e-4);
            for (var i = 0; i < pose.Length; i++)
                if (!set.Contains(i))
                    Assert.Equal(pose[i], lifted[i]);
            // Once more from there changes nothing: the pose before does not matter.
            var again = (double[])lifted.Clone();
            clearance.Lift(again);
            Assert.Equal(lifted, again);
        }
    }

    [Fact]
    public void A_floor_that_cannot_be_reached_from_below_leaves_the_angles_inside_their_limits()
    {
        using var body = _planted.TrueAnimal.Apply(_planted.Description, KeypointLayout.Rat23);
        var solver = new PoseSolver(body);
        var clearance = new FloorClearance(solver.Tree, solver.RestPose);
        var pose = Sitting(body, 0.4);
        pose[2] -= 0.3;
        clearance.Lift(pose);
        for (var d = 6; d < body.Model.Nv; d++)
            Assert.InRange(pose[d + 1], body.HingeRanges[d].Lower, body.HingeRanges[d].Upper);
    }

    /// <summary>The planted stance turned about the hips, nose up, tail at rest, with the lowest paw on the floor.</summary>
    private double[] Sitting(BodyModel body, double pitch)
    {
        var pose = (double[])_planted.Poses[0].Clone();
        foreach (var index in TailAngles(body.Model))
            pose[index] = 0;
        PoseSolver.Rotate(pose.AsSpan(3, 4), [0, -pitch, 0]);
        pose[2] -= PlantedAnimal.PawHeights(body, pose).Min();
        return pose;
    }

    private static double Lowest(MujocoData data, ReadOnlySpan<double> pose, int[] geoms)
    {
        const int Sphere = 2;
        pose.CopyTo(data.Qpos.Span);
        data.Kinematics();
        var lowest = double.PositiveInfinity;
        foreach (var geom in geoms)
        {
            Assert.Equal(Sphere, data.Model.Ints("geom_type")[geom]);
            lowest = Math.Min(lowest, data.Doubles("geom_xpos").Row(geom)[2] - data.Model.Doubles("geom_size").Row(geom)[0]);
        }
        return lowest;
    }

    private static int[] TailGeoms(MujocoModel model)
    {
        var touches = PawGeoms.TouchingFloor(model);
        return [.. Enumerable.Range(0, touches.Length).Where(g => touches[g] && model.Name(ObjectType.Body, model.Ints("geom_bodyid")[g]).StartsWith("vertebra_C", StringComparison.Ordinal))];
    }

    private static IEnumerable<int> TailAngles(MujocoModel model) =>
        Enumerable.Range(0, model.JointCount).Where(j => model.Name(ObjectType.Joint, j).StartsWith("vertebra_C", StringComparison.Ordinal)).Select(j => model.Ints("jnt_qposadr")[j]);
}
