using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Simulation;
using ClosedLoop.Tests.Simulation;

namespace ClosedLoop.Tests.Physics.Imitation;

/// <summary>A second and a half of walking as a motion clip, for tests of imitation.</summary>
internal static class ShortMotion
{
    private const int First = 60;

    public const int Frames = 75;

    private static readonly Lazy<double[]> s_walk = new(() =>
    {
        var life = SimulatedLife.InTheOpen(((First + Frames) / 50.0) + 0.1, (Behaviour.Walk, 10));
        return [.. life.Qpos.Skip(First).Take(Frames).SelectMany(frame => frame)];
    });

    /// <summary>Scale of the animal that walks.</summary>
    public static double Scale => new SimulatedAnimalOptions().Scale;

    public static MotionClip Walk => new() { Name = "Walk_0", Behaviour = "Walk", RateHz = 50, Frames = Frames, Nq = s_walk.Value.Length / Frames, Qpos = s_walk.Value };

    public static MotionLibrary Library(BodyModel body) => new() { QposNames = body.QposNames, Scale = Scale, Clips = [Walk], Source = "a walk" };

    public static BodyModel Body() => SimulatedLife.Rat.Compile(KeypointLayout.Rat23, Scale);

    public static List<Pose> Poses(BodyModel body)
    {
        var motion = new ReferenceMotion(body, Walk, Scale, 0.02);
        using var scratch = new MujocoData(body.Model);
        return [.. Enumerable.Range(0, motion.Frames).Select(frame =>
        {
            var pose = new Pose(body.Model.Nq, body.Model.Nv, body.Layout.Count);
            motion.Write(frame, scratch, pose);
            return pose;
        })];
    }
}
