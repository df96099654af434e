using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;

namespace ClosedLoop.Tests.PoseTracking;

/// <summary>The real rat's keypoints: offsets fitted on at most 100 of the first 600 frames, registered live over all 700.</summary>
public sealed class RealClipTests
{
    [SkippableFact]
    public void The_published_body_registers_the_real_clip() =>
        Register(BodyDescription.Load(TestData.Require("models/stac_mjx_rodent.xml"), TestData.Require("models/stac_mjx_rodent.yaml")), 1.3);

    [SkippableFact]
    public void Our_own_body_registers_the_real_clip() => Register(RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes }), 1.3);

    [SkippableFact]
    public void The_published_body_under_the_servo_stays_where_the_registered_animal_is() =>
        Imitate(BodyDescription.Load(TestData.Require("models/stac_mjx_rodent.xml"), TestData.Require("models/stac_mjx_rodent.yaml")));

    [SkippableFact]
    public void Our_own_body_under_the_servo_stays_where_the_registered_animal_is() => Imitate(RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes }));

    /// <summary>Two seconds of servo, from every 20th frame.</summary>
    private static void Imitate(BodyDescription description)
    {
        using var file = KeypointFile.Open(TestData.Require("rat_keypoints/rat_keypoints_700.nwb"));
        var frames = FramesOf(file);
        var animal = AnimalFitter.Fit(description, file.Layout, frames.Take(600).ToList(), new() { FramePeriodS = 1 / file.RateHz }).Animal;
        using var body = animal.Apply(description, file.Layout);
        using var registrar = new Registrar(body, animal, new(), 1 / file.RateHz);
        var poses = frames.Select((frame, t) =>
        {
            var pose = new Pose(body.Model.Nq, body.Model.Nv, file.Layout.Count);
            pose.CopyFrom(registrar.Process(new(t, SessionTime.FromSeconds(t / file.RateHz), frame)));
            return pose;
        }).ToList();
        using var servo = new ServoController(body);
        var score = ImitationEpisodes.Run(body, servo, new() { ControlPeriodS = 1 / file.RateHz }, poses, (int)Math.Round(2 * file.RateHz), 20);
        Assert.True(score.Episodes >= 30, $"only {score.Episodes} episodes");
        Assert.InRange(score.MedianRootErrorMm, 0, 3.5);
        Assert.InRange(score.MedianTotalErrorMm, 0, 3.5);
        Assert.InRange(score.Survival, 0.95, 1);
    }

    private static List<Keypoints> FramesOf(KeypointFile file) =>
        [.. Enumerable.Range(0, file.FrameCount).Select(i =>
        {
            var keypoints = new Keypoints(file.Layout);
            file.Frame(i, keypoints);
            return keypoints;
        })];

    private static void Register(BodyDescription body, double mostMm)
    {
        using var file = KeypointFile.Open(TestData.Require("rat_keypoints/rat_keypoints_700.nwb"));
        var frames = FramesOf(file);
        var fit = AnimalFitter.Fit(body, file.Layout, frames.Take(600).ToList(), new() { FramePeriodS = 1 / file.RateHz });
        var animal = fit.Animal;
        Assert.InRange(fit.Samples.Count, 50, 100);
        Assert.InRange(animal.Scale, 0.8, 1.1);
        // The paws' markers lie 9 to 10 mm above the floor of the arena's frame and up to a centimetre above the soles.
        Assert.InRange(animal.FloorHeightM, -0.002, 0.009);
        foreach (var offset in animal.Offsets)
        {
            var first = body.Attachments.First(a => a.Keypoint == offset.Keypoint);
            var isPlaced = first.X != 0 || first.Y != 0 || first.Z != 0;
            var (x, y, z) = (offset.X - (first.X * animal.Scale), offset.Y - (first.Y * animal.Scale), offset.Z - (first.Z * animal.Scale));
            Assert.InRange(Math.Sqrt((x * x) + (y * y) + (z * z)), 0, isPlaced ? 0.025 : 0.05);
        }

        using var model = animal.Apply(body, file.Layout);
        using var registrar = new Registrar(model, animal, new(), 1 / file.RateHz);
        var sum = 0.0;
        for (var t = 0; t < frames.Count; t++)
        {
            var pose = registrar.Process(new(t, SessionTime.FromSeconds(t / file.RateHz), frames[t]));
            // NB: against the keypoints as they came, so that a keypoint left out of the solve would still count.
            for (var k = 0; k < file.Layout.Count; k++)
            {
                var y = frames[t].Position(k);
                var x = pose.SitePositions.AsSpan(3 * k, 3);
                sum += Math.Sqrt(Math.Pow(x[0] - y[0], 2) + Math.Pow(x[1] - y[1], 2) + Math.Pow(x[2] - (y[2] - animal.FloorHeightM), 2));
            }
            Assert.Equal(t == 0 ? PoseFlags.Restarted : PoseFlags.None, pose.Flags & ~PoseFlags.Partial);
            for (var d = 6; d < model.Model.Nv; d++)
                Assert.InRange(pose.Qpos[d + 1], model.HingeRanges[d].Lower, model.HingeRanges[d].Upper);
        }
        Assert.InRange(1e3 * sum / (frames.Count * file.Layout.Count), 0, mostMm);
    }
}
