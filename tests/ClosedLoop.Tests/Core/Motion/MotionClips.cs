using ClosedLoop.Core;

namespace ClosedLoop.Tests.Core.Motion;

/// <summary>Small libraries of a body with three hinges, every number of which is its own.</summary>
internal static class MotionClips
{
    public static readonly string[] Names = [.. Enumerable.Repeat("root", 7), "hip_L", "knee_L", "ankle_L"];

    public static MotionClip Clip(string name = "walk", int frames = 4, string behaviour = "Walk", double rateHz = 50, int seed = 1, IReadOnlyList<string>? labels = null) => new()
    {
        Name = name,
        Behaviour = behaviour,
        RateHz = rateHz,
        Frames = frames,
        Nq = Names.Length,
        Qpos = Qpos(frames, seed),
        FrameBehaviours = labels,
    };

    public static MotionLibrary Library(params MotionClip[] clips) =>
        new() { QposNames = Names, Scale = 0.9, Clips = clips, Source = "planted" };

    /// <summary>Poses with unit quaternions.</summary>
    public static double[] Qpos(int frames, int seed)
    {
        var random = new Random(seed);
        var qpos = Enumerable.Range(0, frames * Names.Length).Select(_ => random.NextDouble() - 0.5).ToArray();
        for (var frame = 0; frame < frames; frame++)
        {
            var quaternion = qpos.AsSpan((frame * Names.Length) + 3, 4);
            var norm = Math.Sqrt(quaternion.ToArray().Sum(x => x * x));
            foreach (ref var part in quaternion)
                part /= norm;
        }
        return qpos;
    }

    /// <summary>A body of two parts with two keypoints, in places that tell frame, part and axis.</summary>
    public static MotionKinematics Kinematics(MotionLibrary library)
    {
        var frames = library.Clips.Sum(clip => clip.Frames);
        double[] Numbers(int count, double from) => [.. Enumerable.Range(0, count).Select(i => from + (0.001 * i))];
        return new()
        {
            Body = "planted",
            BodyNames = ["world", "torso"],
            BodyPositions = Numbers(frames * 2 * 3, 1),
            BodyQuaternions = Numbers(frames * 2 * 4, 2),
            Qvel = Numbers(frames * (Names.Length - 1), 3),
            KeypointNames = ["Snout", "TailBase"],
            KeypointBodies = ["torso", "torso"],
            Offsets = Numbers(2 * 3, 4),
            SitePositions = Numbers(frames * 2 * 3, 5),
            Keypoints = Numbers(frames * 2 * 3, 6),
        };
    }
}
