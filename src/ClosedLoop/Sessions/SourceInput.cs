using ClosedLoop.Core;

namespace ClosedLoop.Sessions;

/// <summary>
/// A source that sets the beat itself: every keypoint set is one tick, whether it comes at real time or as fast as it
/// can be read. The same source gives the same ticks, so that two replays agree bit for bit.
/// </summary>
public sealed class SourceInput(IKeypointSource source, SessionClock clock) : SessionInput
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
        var keypoints = new Keypoints(source.Layout);
        for (long index = 0; source.TryRead(keypoints, cancellation); index++)
        {
            // A file has no session time of its own: its sets are captured when they are read.
            var now = clock.Now;
            keypoints.Stamp = keypoints.Stamp with { Captured = now, Produced = now };
            Deliver(keypoints);
            Deliver(new ControlTick(index, now, keypoints));
        }
    }
}
