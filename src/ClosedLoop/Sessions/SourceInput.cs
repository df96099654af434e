using ClosedLoop.Core;
using ClosedLoop.Vision;

namespace ClosedLoop.Sessions;

/// <summary>
/// A source that sets the beat itself: every keypoint set is one tick, whether it comes at real time or as fast as it
/// can be read. The same source gives the same ticks, so that two replays agree bit for bit.
/// </summary>
public sealed class SourceInput : SessionInput
{
    private readonly IKeypointSource _source;
    private readonly SessionClock _clock;

    /// <summary>Makes an input of a source.</summary>
    /// <param name="source">The source; stays the caller's.</param>
    /// <param name="clock">The session's clock.</param>
    public SourceInput(IKeypointSource source, SessionClock clock)
    {
        (_source, _clock) = (source, clock);
        if (Vision is { } vision)
            vision.Framed += Deliver;
    }

    /// <inheritdoc/>
    public override VisionKeypointSource? Vision => _source as VisionKeypointSource;

    /// <inheritdoc/>
    public override KeypointLayout Layout => _source.Layout;

    /// <inheritdoc/>
    public override double RateHz => _source.RateHz;

    /// <inheritdoc/>
    public override string Description => _source.Description;

    /// <inheritdoc/>
    public override void Run(CancellationToken cancellation)
    {
        var keypoints = new Keypoints(_source.Layout);
        for (long index = 0; _source.TryRead(keypoints, cancellation); index++)
        {
            // A file has no session time of its own: its sets are captured when they are read.
            var now = _clock.Now;
            keypoints.Stamp = keypoints.Stamp with { Captured = now, Produced = now };
            Deliver(keypoints);
            Deliver(new ControlTick(index, now, keypoints));
        }
    }
}
