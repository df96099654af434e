using ClosedLoop.Core;

namespace ClosedLoop.Tests.Sessions;

/// <summary>
/// A source that hands out remembered keypoints by a script: as fast as they are read, or at real time with sets that
/// never come, come late, or come in bursts. Numbered anew, as a source numbers what it delivers.
/// </summary>
/// <param name="frames">The sets.</param>
/// <param name="clock">For real time; null: as fast as read.</param>
/// <param name="delayMs">By frame, how late it comes; null: never. Left out: all in time.</param>
/// <param name="failAt">The frame at which <paramref name="failure"/> is thrown.</param>
/// <param name="failure">What breaks the source.</param>
internal sealed class ScriptedSource(
    IReadOnlyList<Keypoints> frames, SessionClock? clock = null, Func<int, double?>? delayMs = null, int failAt = int.MaxValue, Exception? failure = null)
    : IKeypointSource
{
    private SessionTime? _start;
    private int _next;

    public KeypointLayout Layout => KeypointLayout.Rat23;

    public double RateHz => MeasuredLaboratory.RateHz;

    public string Description => "a scripted source";

    /// <summary>Sets that were handed out.</summary>
    public long Delivered { get; private set; }

    public bool TryRead(Keypoints keypoints, CancellationToken cancellation)
    {
        for (; _next < frames.Count; _next++)
        {
            if (_next == failAt)
                throw failure!;
            if (cancellation.IsCancellationRequested)
                return false;
            var delay = delayMs is null ? 0 : delayMs(_next);
            if (delay is null)
                continue;
            var captured = SessionTime.Zero;
            if (clock is not null)
            {
                _start ??= clock.Now;
                captured = _start.Value + (long)(_next * 1e9 / RateHz);
                if (!clock.WaitUntil(captured + (long)(delay.Value * 1e6), cancellation))
                    return false;
            }
            keypoints.CopyFrom(frames[_next]);
            keypoints.Stamp = new(Delivered++, _next++, RecordStamp.None, captured, clock?.Now ?? captured);
            return true;
        }
        return false;
    }

    public void Dispose()
    {
    }
}
