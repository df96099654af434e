using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Simulation;

namespace ClosedLoop.Sessions;

/// <summary>
/// A simulated rat in its arena, and the same rat on the day before, when it was measured: what a laboratory has before
/// its first live session. Nothing that was planted in the animal reaches the session but by way of its keypoints.
/// </summary>
public static class SimulatedLaboratory
{
    /// <summary>How long the animal is watched before the session, to fit its size, offsets and floor, seconds.</summary>
    public const double MeasuringS = 30;

    /// <summary>The body of the animals that live here.</summary>
    public static BodyDescription Body => RodentBody.Describe();

    /// <summary>Names and order of the keypoints that its vision delivers.</summary>
    public static KeypointLayout Layout => KeypointLayout.Rat23;

    /// <summary>Keypoint sets per second.</summary>
    public static double RateHz => 1 / SimulatedAnimal.FramePeriodS;

    /// <summary>The keypoints of a simulated rat, at real time where a clock is given and as fast as read where none is.</summary>
    /// <param name="seed">Seed of everything random: what the animal does and how it is seen. The individual is always the same.</param>
    /// <param name="clock">The session's clock; null: as fast as read.</param>
    /// <param name="seconds">How long; null: without end.</param>
    public static SimulatedKeypointSource Watch(int seed, SessionClock? clock, double? seconds) =>
        new(Body, new SimulatedAnimalOptions { Seed = seed }, new SimulatedVisionOptions { Seed = seed }, clock, seconds);

    /// <summary>Measures the animal: half a minute of its keypoints, as fast as they can be made, and a fit to them.</summary>
    /// <param name="seed">Seed of the session that it is measured for.</param>
    /// <param name="body">The body to be fitted to it; null: that of the animals that live here.</param>
    /// <param name="progress">Sees how far the work is.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static AnimalFit Measure(int seed, BodyDescription? body, IProgress<string>? progress, CancellationToken cancellation)
    {
        // Another day than the session's, so that the fit has not seen what it is judged on.
        using var source = Watch(unchecked(seed + 7919), clock: null, MeasuringS);
        var frames = new List<Keypoints>();
        for (var set = new Keypoints(source.Layout); source.TryRead(set, cancellation); set = new(source.Layout))
        {
            frames.Add(set);
            if (frames.Count % 250 == 0)
                progress?.Report($"watching the animal for {frames.Count / source.RateHz:F0} s of its time");
        }
        cancellation.ThrowIfCancellationRequested();
        return AnimalFitter.Fit(
            body ?? Body, source.Layout, frames, new() { Name = "simulated rat", Seed = seed, FramePeriodS = 1 / source.RateHz }, progress, cancellation);
    }
}
