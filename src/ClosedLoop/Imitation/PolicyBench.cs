using System.Diagnostics;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;

namespace ClosedLoop.Imitation;

/// <summary>What a policy takes at each control step beside the physics that it drives, on one thread.</summary>
internal static class PolicyBench
{
    private const int Seed = 11;
    private const int WarmUp = 200;

    /// <summary>Drives a body along simulated motion, as fast as it goes.</summary>
    public static PolicyBenchResult Measure(string policy, int steps, int resamples, CancellationToken cancellation)
    {
        var description = RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes });
        using var animal = new SimulatedAnimal(description, new() { Seed = Seed, OffsetSdM = 0 });
        using var body = description.Compile(KeypointLayout.Rat23, new SimulatedAnimalOptions().Scale);
        var poses = Poses(animal, body, steps + WarmUp, cancellation);
        var (plain, allocated) = Drive(policy, body, poses, new(), cancellation);
        var (resampled, more) = Drive(policy, body, poses, new() { Resamples = resamples }, cancellation);
        var bare = Bare(body, poses);
        return new(
            policy, steps, resamples, Of(plain.Control), Of(plain.Step), Of(resampled.Control), Of(bare),
            plain.Step.QuantileNs(0.99) / bare.QuantileNs(0.99), plain.Step.QuantileNs(0.5) / bare.QuantileNs(0.5),
            (resampled.Control.QuantileNs(0.5) - plain.Control.QuantileNs(0.5)) / 1e6, allocated + more);
    }

    private static List<Pose> Poses(SimulatedAnimal animal, BodyModel body, int count, CancellationToken cancellation)
    {
        var (model, poses) = (body.Model, new List<Pose>(count));
        using var scratch = new MujocoData(model);
        for (var frame = 0; frame < count; frame++)
        {
            cancellation.ThrowIfCancellationRequested();
            animal.Advance();
            var pose = new Pose(model.Nq, model.Nv, body.Layout.Count) { Stamp = new(frame, RecordStamp.None, RecordStamp.None, default, default) };
            animal.Qpos.CopyTo(pose.Qpos);
            if (frame > 0)
                model.Differentiate(poses[^1].Qpos, pose.Qpos, SimulatedAnimal.FramePeriodS, pose.Qvel);
            pose.Qpos.CopyTo(scratch.Qpos.Span);
            scratch.Kinematics();
            for (var k = 0; k < body.KeypointSites.Length; k++)
                scratch.SitePositions.Row(body.KeypointSites[k]).CopyTo(pose.SitePositions.AsSpan(3 * k));
            poses.Add(pose);
        }
        return poses;
    }

    /// <summary>Times of the controller (observation and network) and of the whole control step, and what was allocated, bytes a step.</summary>
    private static ((LatencyHistogram Control, LatencyHistogram Step) Times, double AllocatedBytes) Drive(
        string policy, BodyModel body, List<Pose> poses, PolicyOptions options, CancellationToken cancellation)
    {
        var (control, step) = (new LatencyHistogram("controller"), new LatencyHistogram("step"));
        using var controller = ControllerFactory.Create(policy, body, SimulatedAnimal.FramePeriodS, threads: 1, options);
        using var task = new ImitationTask(body, controller.FutureFrames, new());
        var (action, activations) = (new double[body.Model.Nu], new float[controller.Activations.TotalSize]);
        long before = 0;
        for (var frame = 0; frame < poses.Count; frame++)
        {
            cancellation.ThrowIfCancellationRequested();
            task.Window.Push(poses[frame]);
            if (task.Window.Count == 1)
                task.Place(task.Window.Present);
            if (!task.Window.IsFull)
                continue;
            if (frame == WarmUp)
                before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            controller.Act(task.Window, task.Data, action, activations);
            var acted = Stopwatch.GetTimestamp();
            var ended = task.Step(action);
            var done = Stopwatch.GetTimestamp();
            if (frame >= WarmUp)
            {
                control.Record(Nanoseconds(acted - start));
                step.Record(Nanoseconds(done - start));
            }
            if (ended == ControlFlags.None)
                continue;
            controller.Reset();
            task.Place(task.Window[0]);
        }
        return ((control, step), (GC.GetAllocatedBytesForCurrentThread() - before) / (double)(poses.Count - WarmUp));
    }

    /// <summary>The physics steps alone, of a body that its servos hold near the same motion.</summary>
    private static LatencyHistogram Bare(BodyModel body, List<Pose> poses)
    {
        var times = new LatencyHistogram("bare physics");
        using var task = new ImitationTask(body, 1, new());
        var substeps = (int)Math.Round(SimulatedAnimal.FramePeriodS / body.Model.TimestepS);
        for (var frame = 0; frame < poses.Count; frame++)
        {
            task.Window.Push(poses[frame]);
            if (frame % 50 == 0)
                task.Place(task.Window.Present);
            if (!task.Window.IsFull)
                continue;
            for (var i = 0; i < body.Model.Nu; i++)
                task.Data.Ctrl[i] = Math.Clamp(task.Window[0].SetPoints[i], -1, 1);
            var start = Stopwatch.GetTimestamp();
            try
            {
                task.Data.Step(substeps);
            }
            catch (PhysicsUnstableException)
            {
                task.Place(task.Window.Present);
                continue;
            }
            if (frame >= WarmUp)
                times.Record(Nanoseconds(Stopwatch.GetTimestamp() - start));
        }
        return times;
    }

    private static long Nanoseconds(long ticks) => (long)(ticks * (1e9 / Stopwatch.Frequency));

    private static LatencyResult Of(LatencyHistogram times)
    {
        var summary = times.Summarise();
        return new(summary.Count, summary.P50Ms, summary.P99Ms, summary.P999Ms, summary.MaxMs);
    }
}
