using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison;

public class FeatureRowsTests
{
    private const int Delay = 4;

    private static readonly FeatureLayout s_layout = new(MovingBody.Keypoints, ["hip", "knee"], 3, MovingBody.Layers, MovingBody.RateHz);

    private readonly MovingBody _body = new();

    [Fact]
    public void Classes_follow_each_other_and_name_their_features()
    {
        var groups = s_layout.Groups;
        Assert.Equal(
            ["keypoints_allocentric", "keypoints_egocentric", "joint_angles", "joint_velocities", "root_kinematics", "appendages", "heading", "speed", "acceleration", "encoder_0", "latent", "action"],
            groups.Select(group => group.Name));
        Assert.Equal(groups.Sum(group => group.Count), s_layout.Count);
        Assert.All(Enumerable.Range(1, groups.Count - 1), g => Assert.Equal(groups[g - 1].Start + groups[g - 1].Count, groups[g].Start));
        Assert.Equal("keypoints_egocentric.HandL_y", s_layout["keypoints_egocentric"].FeatureNames[4]);
        Assert.Equal("joint_velocities.knee", s_layout["joint_velocities"].FeatureNames[1]);
        Assert.Equal(s_layout["encoder_0"].Start, s_layout.MovementCount);
        Assert.Equal(["encoder_0", "latent", "action"], groups.Where(group => group.Kind == FeatureKind.Computational).Select(group => group.Name));
        Assert.Contains("'latent'", Assert.Throws<ClosedLoopException>(() => s_layout["latnt"]).Message, StringComparison.Ordinal);
        // The classes of a table are told by the same names.
        Assert.Equal(groups.Select(group => group.Name), FeatureClassPlan.OfNames([.. groups.SelectMany(group => group.FeatureNames)]).Select(plan => plan.Name));
        Assert.DoesNotContain(new FeatureLayout(new(["Nose"], []), [], 0, ActivationLayout.Empty, 50).Groups, group => group.Name is "appendages" or "action" or "joint_angles");
    }

    [Fact]
    public void Movement_is_measured_as_the_animal_sees_it()
    {
        var (features, row) = (new MovementFeatures(s_layout), new float[s_layout.Count]);
        features.Write(_body.PoseAt(10), row);
        Assert.All(Of("acceleration"), value => Assert.True(float.IsNaN(value)));
        // Elsewhere and facing elsewhere: what is allocentric changes, what is egocentric stays.
        foreach (var (heading, x) in new[] { (0.3, 0.0), (-2.4, 1.7) })
        {
            features.Write(_body.PoseAt(20, heading0: heading, x0: x), row);
            features.Write(_body.PoseAt(21, heading0: heading, x0: x), row);
            for (var k = 0; k < MovingBody.Keypoints.Count; k++)
                for (var axis = 0; axis < 3; axis++)
                    Assert.Equal(MovingBody.Place(k, axis), Of("keypoints_egocentric")[(3 * k) + axis], 1e-6);
            Assert.Equal(MovingBody.Place(3, 1), Of("appendages")[10], 1e-6);
            double[] root = [MovingBody.SpeedMPerS, 0, 0, 0, 0, MovingBody.TurningRadPerS, 0.06, 0, 0, 1];
            for (var i = 0; i < root.Length; i++)
                Assert.Equal(root[i], Of("root_kinematics")[i], 1e-6);
            var turned = heading + (MovingBody.TurningRadPerS * 21 / MovingBody.RateHz);
            Assert.Equal(Math.Sin(turned), Of("heading")[0], 1e-6);
            Assert.Equal(Math.Cos(turned), Of("heading")[1], 1e-6);
            Assert.Equal(MovingBody.TurningRadPerS, Of("heading")[2], 1e-6);
            Assert.Equal(MovingBody.SpeedMPerS, Of("speed")[0], 1e-6);
            // On a circle: towards its middle, which is on the left.
            Assert.Equal(MovingBody.SpeedMPerS * MovingBody.TurningRadPerS, Of("acceleration")[1], 1e-3);
            Assert.Equal(_body.PoseAt(21, heading0: heading, x0: x).SitePositions[4], Of("keypoints_allocentric")[4], 1e-6);
            Assert.Equal(-0.2, Of("joint_angles")[1], 1e-6);
            Assert.Equal(0.1 * Math.Cos(21 / MovingBody.RateHz), Of("joint_velocities")[0], 1e-6);
        }

        ReadOnlySpan<float> Read(string name) => s_layout[name].Of((ReadOnlySpan<float>)row);
        float[] Of(string name) => Read(name).ToArray();
    }

    [Fact]
    public void Upright_the_turning_is_still_about_the_vertical()
    {
        var pose = _body.PoseAt(0);
        // The long axis points up; the body spins about it.
        double[] up = [Math.Sqrt(0.5), 0, -Math.Sqrt(0.5), 0];
        up.CopyTo(pose.Qpos, 3);
        (pose.Qvel[3], pose.Qvel[4], pose.Qvel[5]) = (2, 0, 0);
        var row = new float[s_layout.Count];
        Assert.True(new MovementFeatures(s_layout).Write(pose, row));
        Assert.Equal(2, s_layout["heading"].Of(row)[2], 1e-6);
        Assert.Equal(1, s_layout["root_kinematics"].Of(row)[7], 1e-6);
        Assert.True(row[..s_layout["acceleration"].Start].All(float.IsFinite));
    }

    [Fact]
    public void The_network_stands_beside_the_pose_that_it_led_to()
    {
        var rows = Run(20, beat => (_body.PoseAt(beat), Delayed(beat)));
        Assert.Equal(Enumerable.Range(0, 20).Select(bin => (long)bin), rows.Select(row => row.Bin));
        Assert.All(rows, row => Assert.True(row.HasMovement));
        // The first pose is never led to; those of the last beats would have been, later.
        Assert.Equal(Enumerable.Range(1, 20 - 1 - Delay).Select(bin => (long)bin), rows.Where(row => row.HasNetwork).Select(row => row.Bin));
        foreach (var row in rows.Where(row => row.HasNetwork))
        {
            Assert.Equal(row.Bin, row.Layer);
            Assert.Equal(row.Bin / 1000f, row.Action, 1e-7f);
        }
        Assert.All(rows.Where(row => !row.HasNetwork), row => Assert.True(float.IsNaN(row.Layer)));
    }

    [Fact]
    public void A_forecast_step_stands_beside_the_pose_of_the_next_beat()
    {
        var rows = Run(12, beat => (_body.PoseAt(beat), _body.StepAt(beat, beat, mode: ReferenceMode.Predict)));
        Assert.Equal(Enumerable.Range(0, 13).Select(bin => (long)bin), rows.Select(row => row.Bin));
        Assert.Equal((false, true), (rows[0].HasNetwork, rows[0].HasMovement));
        Assert.Equal((true, false), (rows[12].HasNetwork, rows[12].HasMovement));
        Assert.All(rows[1..12], row => Assert.Equal((true, true, row.Bin), (row.HasNetwork, row.HasMovement, (long)row.Layer)));
    }

    [Fact]
    public void Resets_waiting_and_poses_that_nobody_measured_leave_their_bin_empty()
    {
        var rows = Run(24, beat => (
            _body.PoseAt(beat, beat is 8 or 9 ? PoseFlags.Held : beat == 10 ? PoseFlags.Partial : PoseFlags.None),
            Delayed(beat, beat switch { 12 => ControlFlags.ResetFallen, 14 => ControlFlags.ReferenceHeld, 15 => ControlFlags.EpisodeStart, _ => ControlFlags.None })));
        Assert.Equal([8L, 9L], rows.Where(row => !row.HasMovement).Select(row => row.Bin));
        Assert.Equal([0L, 8L, 9L, 10L], rows.Where(row => float.IsNaN(row.Acceleration)).Select(row => row.Bin));
        Assert.Equal([0L, 12L - Delay, 15L - Delay, .. Enumerable.Range(24 - Delay, Delay).Select(bin => (long)bin)], rows.Where(row => !row.HasNetwork).Select(row => row.Bin));
    }

    [Fact]
    public void Rows_are_given_out_as_soon_as_they_are_complete_and_skipped_beats_have_none()
    {
        var given = new List<(long Bin, long At)>();
        long beat = 0;
        var rows = new FeatureRows(s_layout, row => given.Add((row.Bin, beat)));
        long[] beats = [.. Enumerable.Range(5, 25).Where(at => at is < 15 or > 16)];
        for (var i = 0; i < beats.Length; i++)
        {
            beat = beats[i];
            rows.Process(_body.PoseAt(beat), i > Delay ? _body.StepAt(beat, beats[i - Delay]) : _body.StepAt(beat, RecordStamp.None, ControlFlags.WaitingForReference));
        }
        Assert.DoesNotContain(given, row => row.Bin is 15 or 16);
        Assert.All(given.Where(row => row.Bin is > 5 and < 11), row => Assert.Equal(row.Bin + Delay, row.At));
        Assert.Throws<ArgumentException>(() => rows.Process(_body.PoseAt(20), Delayed(20)));
        // A step that never comes does not hold up the others for ever.
        var few = new FeatureRows(s_layout, row => given.Add((row.Bin, beat)), mostWaiting: 8);
        given.Clear();
        for (beat = 0; beat < 20; beat++)
            few.Process(_body.PoseAt(beat), _body.StepAt(beat, RecordStamp.None, ControlFlags.WaitingForReference));
        Assert.Equal(12, given.Count);
        Assert.Equal(12, few.Incomplete);
        few.Process(_body.PoseAt(1_000_000_000_000), _body.StepAt(1_000_000_000_000, RecordStamp.None));
        few.Finish();
        Assert.Equal([19L, 1_000_000_000_000], given.TakeLast(2).Select(row => row.Bin));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var rows = new FeatureRows(s_layout, static _ => { });
        long beat = 0;
        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var end = beat + 500; beat < end; beat++)
                rows.Process(_body.PoseAt(beat), Delayed(beat));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Measure();
        // What the body of the test itself allocates: arrays of a pose.
        var body = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 500; i++)
            _body.PoseAt(i);
        body = GC.GetAllocatedBytesForCurrentThread() - body;
        Assert.InRange(Math.Min(Measure(), Math.Min(Measure(), Measure())), 0, body);
    }

    private ControlStep Delayed(long beat, ControlFlags flags = ControlFlags.None) => beat > Delay
        ? _body.StepAt(beat, beat - Delay, flags)
        : _body.StepAt(beat, RecordStamp.None, ControlFlags.WaitingForReference);

    private static List<(long Bin, bool HasMovement, bool HasNetwork, float Layer, float Action, float Acceleration)> Run(int beats, Func<long, (Pose, ControlStep)> of)
    {
        var given = new List<(long, bool, bool, float, float, float)>();
        var rows = new FeatureRows(s_layout, row => given.Add((row.Bin, row.HasMovement, row.HasNetwork, row.Of(s_layout["encoder_0"])[0], row.Of(s_layout["action"])[1], row.Of(s_layout["acceleration"])[0])));
        for (var beat = 0; beat < beats; beat++)
        {
            var (pose, step) = of(beat);
            rows.Process(pose, step);
        }
        rows.Finish();
        return given;
    }
}
