namespace ClosedLoop.Core;

/// <summary>
/// A point on the one monotonic clock of a session, in nanoseconds since the session's clock was started.
/// Differences are latencies; there is no wall-clock meaning in it.
/// </summary>
/// <param name="Nanoseconds">Nanoseconds since the start of the session's clock.</param>
public readonly record struct SessionTime(long Nanoseconds) : IComparable<SessionTime>
{
    /// <summary>Nanoseconds in one second.</summary>
    public const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The start of the session's clock.</summary>
    public static SessionTime Zero => default;

    /// <summary>Seconds since the start of the session's clock.</summary>
    public double Seconds => Nanoseconds / (double)NanosecondsPerSecond;

    /// <summary>Milliseconds since the start of the session's clock.</summary>
    public double Milliseconds => Nanoseconds / 1e6;

    /// <summary>A session time from seconds, rounded to the nearest nanosecond.</summary>
    public static SessionTime FromSeconds(double seconds) => new((long)Math.Round(seconds * NanosecondsPerSecond));

    /// <inheritdoc/>
    public int CompareTo(SessionTime other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Nanoseconds from <paramref name="earlier"/> to <paramref name="later"/>.</summary>
    public static long operator -(SessionTime later, SessionTime earlier) => later.Nanoseconds - earlier.Nanoseconds;

    /// <summary>The time <paramref name="nanoseconds"/> after <paramref name="time"/>.</summary>
    public static SessionTime operator +(SessionTime time, long nanoseconds) => new(time.Nanoseconds + nanoseconds);

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(SessionTime left, SessionTime right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(SessionTime left, SessionTime right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Whether <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(SessionTime left, SessionTime right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Whether <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(SessionTime left, SessionTime right) => left.Nanoseconds >= right.Nanoseconds;

    /// <inheritdoc/>
    public override string ToString() => $"{Seconds:F6} s";
}
