using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// The trigger that several file or simulated cameras share: trigger n is due n periods after the first. It begins when
/// the first camera waits for it, so that all see the same trigger 0.
/// </summary>
public sealed class TriggerClock
{
    private const int GlanceMs = 10;

    private readonly SessionClock _clock;
    private readonly object _gate = new();
    private SessionTime? _start;

    /// <summary>Makes a trigger that has not begun.</summary>
    /// <param name="clock">The session's clock.</param>
    /// <param name="rateHz">Triggers per second.</param>
    /// <param name="isPaced">False: nobody waits; frames come as fast as they are read, with the times they were due.</param>
    public TriggerClock(SessionClock clock, double rateHz, bool isPaced = true)
    {
        if (!(rateHz > 0 && double.IsFinite(rateHz)))
            throw ClosedLoopException.Usage($"{rateHz} is not a frame rate; give frames per second, as in 50");
        (_clock, RateHz, IsPaced) = (clock, rateHz, isPaced);
    }

    /// <summary>Triggers per second.</summary>
    public double RateHz { get; }

    /// <summary>Whether frames come at their time.</summary>
    public bool IsPaced { get; }

    /// <summary>The session's clock.</summary>
    public SessionClock Clock => _clock;

    /// <summary>When trigger <paramref name="index"/> is due; begins the trigger where it has not begun.</summary>
    public SessionTime DueOf(long index)
    {
        lock (_gate)
        {
            _start ??= _clock.Now;
            return _start.Value + (long)Math.Round(index * 1e9 / RateHz);
        }
    }

    /// <summary>Whether the trigger's line is high at a time: for the first half of each period, and never before trigger 0.</summary>
    public bool IsHigh(SessionTime time)
    {
        lock (_gate)
        {
            var since = _start is { } start ? (time - start) * 1e-9 * RateHz : -1;
            return since >= 0 && since - Math.Floor(since) < 0.5;
        }
    }

    /// <summary>Waits for trigger <paramref name="index"/>.</summary>
    /// <param name="index">The trigger.</param>
    /// <param name="isWanted">Asked every few milliseconds; the wait ends where it says no, as when the camera was stopped.</param>
    /// <param name="cancellation">Ends the wait at once.</param>
    /// <returns>False where the wait was ended.</returns>
    public bool WaitFor(long index, Func<bool> isWanted, CancellationToken cancellation)
    {
        var due = DueOf(index);
        while (true)
        {
            if (cancellation.IsCancellationRequested || !isWanted())
                return false;
            if (!IsPaced)
                return true;
            var remainingNs = due - _clock.Now;
            if (remainingNs <= 0)
                return true;
            // NB: no spinning: several cameras wait at once, and a frame's time is its trigger's, not that of its arrival.
            cancellation.WaitHandle.WaitOne((int)Math.Min(GlanceMs, (remainingNs + 999_999) / 1_000_000));
        }
    }
}
