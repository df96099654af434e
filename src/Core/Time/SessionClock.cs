using System.Diagnostics;

namespace ClosedLoop.Core;

/// <summary>
/// The one monotonic clock of a session. Every record is stamped with it.
/// </summary>
/// <remarks>
/// NB: taken from <see cref="Stopwatch"/> alone. Wall clocks step, and schedulers that scale ticks by a
/// hand-made ratio drift by seconds an hour.
/// </remarks>
public sealed class SessionClock
{
    private readonly long _startTicks = Stopwatch.GetTimestamp();

    /// <summary>The wall-clock time at which this clock read zero; for people and file headers, never for arithmetic.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>The time now. Allocates nothing.</summary>
    public SessionTime Now => new(ToNanoseconds(Stopwatch.GetTimestamp() - _startTicks));

    /// <summary>
    /// Waits until <paramref name="due"/>: sleeps while there is time to sleep, then spins the last fraction of a
    /// millisecond so that the wake-up is not late by a scheduler's tick.
    /// </summary>
    /// <returns>False where <paramref name="cancellation"/> ended the wait.</returns>
    public bool WaitUntil(SessionTime due, CancellationToken cancellation = default)
    {
        const long SpinNanoseconds = 300_000;
        while (true)
        {
            if (cancellation.IsCancellationRequested)
                return false;
            var remaining = due - Now;
            if (remaining <= 0)
                return true;
            if (remaining <= SpinNanoseconds)
                Thread.SpinWait(20);
            else
                // NB: never sleep more than 50 ms at once, or a Ctrl-C waits for the whole pause.
                Thread.Sleep((int)Math.Min(50, Math.Max(0, (remaining - SpinNanoseconds) / 1_000_000)));
        }
    }

    /// <summary>
    /// Waits until <paramref name="due"/> without spinning: up to a millisecond or so late, and for next to nothing. For
    /// blocks that come hundreds of times a second, where spinning the last stretch of each would cost a fifth of a core.
    /// </summary>
    /// <returns>False where <paramref name="cancellation"/> ended the wait.</returns>
    public bool SleepUntil(SessionTime due, CancellationToken cancellation = default)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var remaining = due - Now;
            if (remaining <= 0)
                return true;
            // NB: rounded up, for a sleep of 0 ms is no sleep; and never more than 50 ms at once, or a Ctrl-C waits for the whole pause.
            Thread.Sleep((int)Math.Min(50, (remaining + 999_999) / 1_000_000));
        }
        return false;
    }

    private static long ToNanoseconds(long ticks)
    {
        // Stopwatch counts nanoseconds on Linux; the split keeps other frequencies exact and free of overflow.
        if (Stopwatch.Frequency == SessionTime.NanosecondsPerSecond)
            return ticks;
        var seconds = Math.DivRem(ticks, Stopwatch.Frequency, out var rest);
        return (seconds * SessionTime.NanosecondsPerSecond) + (rest * SessionTime.NanosecondsPerSecond / Stopwatch.Frequency);
    }
}
