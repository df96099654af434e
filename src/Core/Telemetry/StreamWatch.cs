namespace ClosedLoop.Core;

/// <summary>
/// Watches one stream of records for silence: a stream from which nothing came for longer than its limit has stalled,
/// whatever its source says of itself. Allocates nothing.
/// </summary>
/// <remarks>
/// One thread reports arrivals, any other looks; what is seen may be one record old. Before <see cref="Begin"/> and
/// after <see cref="End"/> silence is no stall.
/// </remarks>
public sealed class StreamWatch
{
    private const long Idle = long.MinValue;

    private readonly long _limitNs;
    private long _lastNs = Idle;
    private long _received;
    private long _endedStalls;
    private long _longestGapNs;

    /// <summary>Makes a watch that waits for <see cref="Begin"/>.</summary>
    /// <param name="name">What the stream carries, as in "keypoints".</param>
    /// <param name="limitS">The silence that is a stall, seconds.</param>
    public StreamWatch(string name, double limitS)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limitS, 0);
        Name = name;
        _limitNs = SessionTime.FromSeconds(limitS).Nanoseconds;
    }

    /// <summary>What the stream carries.</summary>
    public string Name { get; }

    /// <summary>The stream is expected from now on.</summary>
    public void Begin(SessionTime now) => Interlocked.Exchange(ref _lastNs, now.Nanoseconds);

    /// <summary>A record has come.</summary>
    public void Arrived(SessionTime now)
    {
        var gap = Gap(now);
        Interlocked.Exchange(ref _lastNs, now.Nanoseconds);
        Close(gap);
        Interlocked.Increment(ref _received);
    }

    /// <summary>Nothing more is expected: the source has ended, or the session has.</summary>
    public void End(SessionTime now)
    {
        var gap = Gap(now);
        Interlocked.Exchange(ref _lastNs, Idle);
        Close(gap);
    }

    /// <summary>How the stream stands.</summary>
    public StreamStatistics Look(SessionTime now)
    {
        var gap = Gap(now);
        var silent = gap > _limitNs;
        var expected = Interlocked.Read(ref _lastNs) != Idle;
        return new(
            Name, Interlocked.Read(ref _received), Interlocked.Read(ref _endedStalls) + (silent ? 1 : 0), silent, expected ? gap / 1e9 : double.NaN,
            Math.Max(gap, Interlocked.Read(ref _longestGapNs)) / 1e9);
    }

    private long Gap(SessionTime now) => Interlocked.Read(ref _lastNs) is var last && last == Idle ? 0 : Math.Max(0, now.Nanoseconds - last);

    private void Close(long gapNs)
    {
        if (gapNs > _limitNs)
            Interlocked.Increment(ref _endedStalls);
        if (gapNs > Interlocked.Read(ref _longestGapNs))
            Interlocked.Exchange(ref _longestGapNs, gapNs);
    }
}
