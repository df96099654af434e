using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Sessions;

/// <summary>
/// The ticks of a recorded session, in order, each with the keypoints that had arrived for it then. The same pipeline
/// makes the same poses and control steps of them, bit for bit, whatever the rate.
/// </summary>
/// <param name="recording">The recording; stays the caller's.</param>
/// <param name="clock">The session's clock.</param>
/// <param name="rate">1 for the recording's own times, 2 for twice as fast; null: as fast as possible.</param>
/// <param name="frames">Only these ticks, counted from the recording's first; null: all.</param>
public sealed class RecordingInput(SessionRecording recording, SessionClock clock, double? rate, FrameRange? frames = null) : SessionInput
{
    // NB: checked here and not when it runs: by then a recording of the replay would have been begun.
    private readonly FrameRange? _frames = frames?.Within(recording.Count(RecordingTopics.Ticks), recording.Path);

    /// <inheritdoc/>
    public override KeypointLayout Layout => recording.Layout.Keypoints;

    /// <inheritdoc/>
    public override double RateHz => recording.Layout.KeypointRateHz;

    /// <inheritdoc/>
    public override string Description => $"{Path.GetFileName(recording.Path)} (recording, {recording.Count(RecordingTopics.Ticks)} ticks at {RateHz:G6} Hz)";

    /// <inheritdoc/>
    public override void Run(CancellationToken cancellation)
    {
        var ticks = recording.Ticks();
        var keypoints = new Keypoints(Layout);
        var (started, first) = (clock.Now, (SessionTime?)null);
        for (long place = 0; !cancellation.IsCancellationRequested && !(place >= _frames?.To) && ticks.TryRead(keypoints, out var recorded); place++)
        {
            if (place < _frames?.From)
                continue;
            first ??= recorded.Time;
            if (rate is { } factor && !clock.WaitUntil(started + (long)((recorded.Time - first.Value) / factor), cancellation))
                return;
            var now = clock.Now;
            if (recorded.Keypoints is not null)
            {
                keypoints.Stamp = keypoints.Stamp with { Captured = now, Produced = now };
                Deliver(keypoints);
            }
            Deliver(new ControlTick(recorded.Index, now, recorded.Keypoints));
        }
    }
}
