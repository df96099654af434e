using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking;

public sealed class RegistrarTests : IDisposable
{
    private readonly PlantedAnimal _planted = PlantedAnimal.Instance;
    private readonly BodyModel _body;

    public RegistrarTests() => _body = _planted.TrueAnimal.Apply(_planted.Description, KeypointLayout.Rat23);

    public void Dispose() => _body.Dispose();

    [Fact]
    public void Noiseless_keypoints_give_poses_on_the_true_floor_without_a_flag()
    {
        using var registrar = Make();
        for (var t = 0; t < PlantedAnimal.Frames; t++)
        {
            var pose = registrar.Process(PlantedAnimal.Tick(t, _planted.Keypoints(t)));
            Assert.Equal(t == 0 || t == PlantedAnimal.StandingFrames ? pose.Flags & (PoseFlags.Restarted | PoseFlags.Jump) : PoseFlags.None, pose.Flags & ~PoseFlags.NotConverged);
            Assert.InRange(_planted.SiteErrors(pose, t).Average(), 0, 5e-4);
            Assert.Equal(t, pose.Stamp.Sequence);
            Assert.Equal(1000 + t, pose.Stamp.DeviceCounter);
            Assert.Equal(t, pose.KeypointsSequence);
            Assert.Equal(23, pose.KeypointsUsed);
        }
    }

    [Fact]
    public void Noise_dropouts_and_outliers_are_borne_with_grace()
    {
        using var registrar = Make();
        var random = new Random(4);
        var (errors, partial, outliers) = (new List<double>(), 0, 0);
        for (var t = PlantedAnimal.StandingFrames + 1; t < PlantedAnimal.Frames; t++)
        {
            var keypoints = _planted.Keypoints(t, 0.002, random);
            for (var k = 0; k < 23; k++)
                if (random.NextDouble() < 0.08)
                    keypoints.Confidence[k] = 0.01f;
                else if (random.NextDouble() < 0.02)
                    keypoints.Position(k)[1] += 0.12;
            var pose = registrar.Process(PlantedAnimal.Tick(t, keypoints));
            Assert.Equal((PoseFlags)0, pose.Flags & (PoseFlags.Jump | PoseFlags.LeftRightSwap | PoseFlags.TooFewKeypoints));
            errors.Add(_planted.SiteErrors(pose, t).Average());
            partial += (pose.Flags & PoseFlags.Partial) != 0 ? 1 : 0;
            outliers += (pose.Flags & PoseFlags.Outliers) != 0 ? 1 : 0;
            for (var d = 6; d < _body.Model.Nv; d++)
                Assert.InRange(pose.Qpos[d + 1], _body.HingeRanges[d].Lower, _body.HingeRanges[d].Upper);
        }
        // Noise of 2 mm per coordinate is 3.2 mm per keypoint; the body averages part of it away.
        Assert.InRange(errors.Average(), 0, 0.004);
        Assert.InRange(errors.Max(), 0, 0.015);
        Assert.InRange(partial, 200, 299);
        Assert.InRange(outliers, 50, 299);
    }

    [Fact]
    public void Exchanged_sides_are_put_back_and_flagged_whole_or_only_the_hind_legs()
    {
        using var registrar = Make();
        var layout = KeypointLayout.Rat23;
        var mirror = layout.MirrorIndices();
        for (var t = 150; t < 400; t++)
        {
            var keypoints = _planted.Keypoints(t);
            var whole = t is >= 200 and < 220;
            var hind = t is >= 300 and < 310;
            for (var k = 0; k < 23; k++)
            {
                var isHind = layout.Names[k] is "HipL" or "KneeL" or "AnkleL" or "FootL";
                if (mirror[k] > k && (whole || (hind && isHind)))
                    for (var i = 0; i < 3; i++)
                        (keypoints.Position(k)[i], keypoints.Position(mirror[k])[i]) = (keypoints.Position(mirror[k])[i], keypoints.Position(k)[i]);
            }
            var pose = registrar.Process(PlantedAnimal.Tick(t, keypoints));
            Assert.True(whole || hind == ((pose.Flags & PoseFlags.LeftRightSwap) != 0), $"frame {t}: {pose.Flags}");
            Assert.Equal(whole || hind, (pose.Flags & PoseFlags.LeftRightSwap) != 0);
            Assert.InRange(_planted.SiteErrors(pose, t).Average(), 0, 1e-3);
        }
    }

    [Fact]
    public void A_body_that_is_carried_away_in_one_frame_is_a_jump_and_is_followed()
    {
        using var registrar = Make();
        for (var t = 200; t < 300; t++)
        {
            var keypoints = _planted.Keypoints(t);
            if (t >= 250)
                for (var k = 0; k < 23; k++)
                    keypoints.Position(k)[0] += 0.4;
            var pose = registrar.Process(PlantedAnimal.Tick(t, keypoints));
            Assert.Equal(t == 250, (pose.Flags & PoseFlags.Jump) != 0);
            Assert.InRange(pose.MeanMarkerErrorM, 0, 1e-3);
            // A jump is no motion.
            Assert.InRange(Math.Abs(pose.Qvel[0]), 0, 1);
        }
    }

    [Fact]
    public void Missing_sets_are_carried_forward_along_the_motion_and_then_held()
    {
        using var registrar = Make();
        for (var t = 200; t < 230; t++)
            registrar.Process(PlantedAnimal.Tick(t, _planted.Keypoints(t)));
        var flags = new List<PoseFlags>();
        var places = new List<double>();
        for (var t = 230; t < 238; t++)
        {
            var pose = registrar.Process(PlantedAnimal.Tick(t, null));
            flags.Add(pose.Flags);
            places.Add(pose.Qpos[1]);
            Assert.Equal(RecordStamp.None, pose.KeypointsSequence);
            Assert.Equal(_planted.Keypoints(229).Stamp.Captured, pose.Stamp.Captured);
        }
        Assert.Equal([PoseFlags.Extrapolated, PoseFlags.Extrapolated, PoseFlags.Extrapolated, PoseFlags.Held], flags.Take(4));
        Assert.All(flags.Skip(3), flag => Assert.Equal(PoseFlags.Held, flag));
        Assert.True(places[2] > places[0]);
        Assert.All(places.Skip(3), place => Assert.Equal(places[2], place));
        var after = registrar.Process(PlantedAnimal.Tick(238, _planted.Keypoints(238)));
        Assert.InRange(_planted.SiteErrors(after, 238).Average(), 0, 1e-3);
        // The velocity after a gap is over the whole gap: the planted animal moves on by 1 mm a frame.
        Assert.Equal(0.05, after.Qvel[1], 0.03);
    }

    [Fact]
    public void A_set_that_is_all_missing_or_nearly_so_is_flagged_and_the_pose_stays_finite()
    {
        using var registrar = Make();
        Assert.Equal(PoseFlags.Held, registrar.Process(PlantedAnimal.Tick(0, null)).Flags);
        for (var t = 1; t < 40; t++)
        {
            var keypoints = _planted.Keypoints(t);
            if (t is >= 10 and < 20)
                for (var k = 0; k < 23; k++)
                    if (k > (t < 15 ? -1 : 5))
                        keypoints.Position(k).Fill(double.NaN);
            var pose = registrar.Process(PlantedAnimal.Tick(t, keypoints));
            Assert.Equal(t is >= 10 and < 20, (pose.Flags & PoseFlags.TooFewKeypoints) != 0);
            Assert.All(pose.Qpos, value => Assert.True(double.IsFinite(value)));
            Assert.All(pose.SitePositions, value => Assert.True(double.IsFinite(value)));
        }
    }

    [Fact]
    public void A_body_that_turns_at_a_known_rate_has_that_angular_velocity()
    {
        using var registrar = Make();
        var solver = new PoseSolver(_body);
        var truth = (double[])_planted.Poses[0].Clone();
        const double RadPerS = 3;
        for (var t = 0; t < 100; t++)
        {
            var keypoints = _planted.Keypoints(0);
            solver.SitePositions(truth, keypoints.Positions);
            for (var k = 0; k < 23; k++)
                keypoints.Position(k)[2] += PlantedAnimal.FloorM;
            var pose = registrar.Process(PlantedAnimal.Tick(t, keypoints));
            if (t > 5)
                Assert.Equal(RadPerS, Math.Sqrt((pose.Qvel[3] * pose.Qvel[3]) + (pose.Qvel[4] * pose.Qvel[4]) + (pose.Qvel[5] * pose.Qvel[5])), 0.05);
            // About the body's own axis, at the true 20 ms a frame.
            PoseSolver.Rotate(truth.AsSpan(3, 4), [0, 0, RadPerS * PlantedAnimal.PeriodS]);
        }
    }

    [Fact]
    public void The_same_ticks_give_the_same_poses_to_the_last_bit()
    {
        var frames = _planted.Keypoints(noiseM: 0.002);
        byte[] Run()
        {
            using var registrar = Make();
            using var bytes = new MemoryStream();
            for (var t = 0; t < 300; t++)
            {
                var pose = registrar.Process(PlantedAnimal.Tick(t, t % 17 == 3 ? null : frames[t]));
                bytes.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(pose.Qpos.AsSpan()));
                bytes.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(pose.Qvel.AsSpan()));
                bytes.Write(BitConverter.GetBytes((int)pose.Flags));
            }
            return bytes.ToArray();
        }

        Assert.Equal(Run(), Run());
    }

    [Fact]
    public void A_tick_allocates_nothing()
    {
        using var registrar = Make();
        var frames = _planted.Keypoints(noiseM: 0.002);
        long Run(int from)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var t = 0; t < PlantedAnimal.Frames; t++)
                registrar.Process(PlantedAnimal.Tick(from + t, t % 10 == 9 ? null : frames[t]));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Run(0);
        Assert.Equal(0, Run(PlantedAnimal.Frames));
    }

    private Registrar Make() => new(_body, _planted.TrueAnimal, new(), PlantedAnimal.PeriodS);
}
