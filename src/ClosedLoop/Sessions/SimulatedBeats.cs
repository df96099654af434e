using ClosedLoop.Core;
using ClosedLoop.Simulation;

namespace ClosedLoop.Sessions;

/// <summary>
/// A simulated animal whose time passes as fast as its body and its network can be computed: every frame is one beat, half a
/// period after it was captured, in the animal's own time.
/// </summary>
/// <param name="source">The animal, without a clock; stays the caller's.</param>
/// <param name="atEnd">Done after the last beat, while the session still takes what follows from it.</param>
public sealed class SimulatedBeats(SimulatedKeypointSource source, Action? atEnd = null) : SessionInput
{
    /// <inheritdoc/>
    public override KeypointLayout Layout => source.Layout;

    /// <inheritdoc/>
    public override double RateHz => source.RateHz;

    /// <inheritdoc/>
    public override string Description => source.Description;

    /// <inheritdoc/>
    public override void Run(CancellationToken cancellation)
    {
        var keypoints = new Keypoints(Layout);
        for (long frame = 0; source.TryRead(keypoints, cancellation); frame++)
        {
            var (captured, beat) = (SessionTime.FromSeconds(frame / RateHz), SessionTime.FromSeconds((frame + 0.5) / RateHz));
            keypoints.Stamp = keypoints.Stamp with { Captured = captured, Produced = beat };
            Deliver(keypoints);
            Deliver(new ControlTick(frame, beat, keypoints));
        }
        atEnd?.Invoke();
    }
}
