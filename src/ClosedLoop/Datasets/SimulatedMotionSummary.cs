using ClosedLoop.Core;

namespace ClosedLoop.Datasets;

/// <summary>What a library of simulated motion holds.</summary>
/// <param name="Clips">Clips, varied copies included.</param>
/// <param name="FramesPerClip">Frames of each.</param>
/// <param name="RateHz">Frames a second.</param>
/// <param name="Minutes">Minutes of all clips together.</param>
/// <param name="BodySha256">The body that they are of (<see cref="ClosedLoop.Physics.BodyDescription.PhysicsSha256"/>), as a model that learns from them names it.</param>
/// <param name="MinutesByBehaviour">Minutes of the clips in which the animal does mostly this, the most first.</param>
public sealed record SimulatedMotionSummary(
    int Clips, int FramesPerClip, double RateHz, double Minutes, string BodySha256, IReadOnlyDictionary<string, double> MinutesByBehaviour)
{
    /// <summary>Adds up a library, which has at least a clip.</summary>
    public static SimulatedMotionSummary Of(MotionLibrary library, string bodySha256) => new(
        library.Clips.Count, library.Clips[0].Frames, library.Clips[0].RateHz, library.Clips.Sum(clip => clip.Seconds) / 60, bodySha256,
        library.Clips.GroupBy(clip => clip.Behaviour).Select(group => (group.Key, Minutes: group.Sum(clip => clip.Seconds) / 60))
            .OrderByDescending(pair => pair.Minutes).ToDictionary(pair => pair.Key, pair => pair.Minutes));
}
