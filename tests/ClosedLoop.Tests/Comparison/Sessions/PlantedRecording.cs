using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Comparison;

/// <summary>
/// A recording with a known plan: two units follow a layer of the network, two the joints, two neither; with a stretch
/// without poses, short gaps, lost samples, a reset, and poses that were captured two bins before their beats.
/// </summary>
internal static class PlantedRecording
{
    public const int Beats = 3000, Delay = 4, CaptureBins = 2, LatentLag = -3, JointLag = 2, Joints = 3;

    /// <summary>Beats without poses: a stretch that is left out, and one that is short enough to be drawn over.</summary>
    public static readonly (int First, int Count) Lost = (1000, 30), Short = (500, 3), Gap = (2000, 10);

    public static readonly ActivationLayout Layers = new([("encoder_0", 5), ("latent", 3)]);

    public static readonly string[] UnitNames = [.. Enumerable.Range(0, 6).Select(unit => $"tetrode {unit / 3} unit {1 + (unit % 3)}")];

    /// <summary>The classes that were compared while the session ran: one is not in the recording's features, and they stand in another order.</summary>
    public static readonly ComparisonLayout Compared = new([("joint_angles", "representational", 3), ("gone", "representational", 2), ("latent", "computational", 3)], ["rest"], 16);

    /// <summary>What the units follow, by neurons that are numbered from 11.</summary>
    public static readonly PlantedPlan Plan = new(1, 20,
    [
        .. Enumerable.Range(0, 2).Select(i => new PlannedUnit(11 + i, 0, PlannedDrive.Network, "latent", 20 * LatentLag, 10, 0.9)),
        .. Enumerable.Range(0, 2).Select(i => new PlannedUnit(13 + i, i, PlannedDrive.Movement, "joint_angles", 20 * JointLag, 10, 0.9)),
        .. Enumerable.Range(0, 2).Select(i => new PlannedUnit(15 + i, 1, PlannedDrive.None, "", 0, 10, 0)),
    ]);

    /// <summary>Writes it.</summary>
    /// <param name="path">A new file.</param>
    /// <param name="seed">Of everything.</param>
    /// <param name="scores">What was found while the session ran, with the plan beside it; null: nothing was.</param>
    public static void Write(string path, int seed, ComparisonScores? scores = null)
    {
        var layout = new RecordingLayout(MovingBody.Keypoints, 50, 7 + Joints, 6 + Joints, 2, Layers)
        {
            Tetrodes = new([.. Enumerable.Range(0, 8).Select(i => new SampleChannel($"A-{i}", 0.195, "uV"))], 30_000, 600, [[0, 1, 2, 3], [4, 5, 6, 7]], 64, 16),
            Comparison = scores is null ? null : Compared,
        };
        var random = new RandomStream(seed, "planted recording");
        var (latent, encoder, joints) = (PlantedCounts.Features(random, Beats, 3, 0.6), PlantedCounts.Features(random, Beats, 5, 0.6), PlantedCounts.Features(random, Beats, Joints, 0.6));
        double[][] counts =
        [
            .. Driven(latent, LatentLag), .. Driven(joints, JointLag), PlantedCounts.Driven(random, latent, [0, 0, 0], 0.3, 0), PlantedCounts.Driven(random, latent, [0, 0, 0], 0.2, 0),
        ];
        using var recorder = SessionRecorder.Start(path, new() { Layout = layout, Attachments = scores is null ? [] : [SessionArchive.PlanOf(Plan)] });
        var (keypoints, pose, step, bin) = (layout.NewKeypoints(), layout.NewPose(), layout.NewControlStep(), layout.Tetrodes!.NewSpikeCounts());
        for (var unit = 0; unit < 6; unit++)
            recorder.Write(new SortedUnit { Index = unit, Tetrode = unit / 3, Unit = 1 + (unit % 3), State = "learnt" });
        for (var beat = 0; beat < Beats; beat++)
        {
            var time = SessionTime.FromSeconds(beat * 0.02);
            var captured = time + -45_000_000;
            keypoints.Stamp = new(beat, beat, beat, captured, time);
            recorder.Write(keypoints);
            recorder.Write(new ControlTick(beat, time, keypoints));
            pose.Stamp = new(beat, beat, beat, captured, time);
            pose.Flags = In(Lost, beat) || In(Short, beat) ? PoseFlags.Held : PoseFlags.None;
            var moving = MovingPose(beat);
            moving.Qpos.AsSpan(0, 7).CopyTo(pose.Qpos);
            moving.Qvel.AsSpan(0, 6).CopyTo(pose.Qvel);
            moving.SitePositions.CopyTo(pose.SitePositions, 0);
            for (var j = 0; j < Joints; j++)
                pose.Qpos[7 + j] = In(Lost, beat) ? double.Pi : joints[beat, j];
            recorder.Write(pose);
            var target = beat - Delay;
            step.Stamp = pose.Stamp;
            (step.ReferenceSequence, step.Flags) = target > 0 ? (target, target == 700 ? ControlFlags.ResetFallen : ControlFlags.None) : (RecordStamp.None, ControlFlags.WaitingForReference);
            for (var i = 0; target > 0 && i < Layers.TotalSize; i++)
                step.Activations[i] = (float)(i < 5 ? encoder[target, i] : latent[target, i - 5]);
            pose.Qpos.CopyTo(step.Qpos, 0);
            pose.SitePositions.CopyTo(step.SitePositions, 0);
            recorder.Write(step);
            // What the neurons did while the animal was as the pose of two beats later shows it.
            bin.Stamp = new(beat, beat, beat, time, time);
            (bin.Start, bin.WidthNs, bin.UnitCount) = (time + -20_000_000, 20_000_000, 6);
            bin.Flags = In(Gap, beat) ? SpikeCountFlags.Gap : SpikeCountFlags.None;
            for (var unit = 0; unit < 6; unit++)
                bin.Counts[unit] = In(Gap, beat) ? 50 : beat + CaptureBins < Beats ? (int)counts[unit][beat + CaptureBins] : 0;
            recorder.Write(bin);
        }
        if (scores is not null)
            recorder.Write(scores);
        recorder.Finish();

        IEnumerable<double[]> Driven(Matrix features, int lag)
        {
            for (var unit = 0; unit < 2; unit++)
                yield return PlantedCounts.Driven(random, features, PlantedCounts.Weights(random, 3, 0.9), 0.25 + (0.1 * unit), lag);
        }

        static bool In((int First, int Count) stretch, int beat) => beat >= stretch.First && beat < stretch.First + stretch.Count;
    }

    private static readonly MovingBody s_body = new();

    private static Pose MovingPose(long beat) => s_body.PoseAt(beat);
}
