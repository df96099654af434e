namespace ClosedLoop.Core;

/// <summary>
/// The beat of the control loop in live use. A beat falls when the next keypoint set arrives, and where none arrives in
/// time it falls without one: physics never waits for vision. The expected arrival follows the source's own rate by a
/// phase-locked loop, so that neither clock drift nor a late set makes the number of beats run away from the animal's
/// time. One thread at a time.
/// </summary>
public sealed class ControlClock : IDisposable
{
    // A twentieth of each arrival's deviation moves the expectation: a drift of 100 ppm is followed within 1 µs, and
    // 2 ms of jitter moves the beat by 0.1 ms.
    private const double PhaseGain = 0.05;

    private readonly SessionClock _clock;
    private readonly BoundedQueue<Keypoints> _arrivals;
    private readonly Pool<Keypoints> _pool;
    private readonly long _periodNs;
    private readonly long _graceNs;
    private long _expectedNs;
    private long _index;
    private Keypoints? _lent;
    private Keypoints? _ahead;

    /// <summary>Makes a clock that waits for its first set.</summary>
    /// <param name="clock">The session's clock.</param>
    /// <param name="arrivals">Sets as they arrive, stamped with their arrival in <see cref="RecordStamp.Produced"/>; keeps the latest.</param>
    /// <param name="pool">Where the sets come from and go back to.</param>
    /// <param name="periodS">Nominal time between beats, seconds.</param>
    /// <param name="graceS">How long past the expected arrival a beat waits, seconds; less than half a period.</param>
    public ControlClock(SessionClock clock, BoundedQueue<Keypoints> arrivals, Pool<Keypoints> pool, double periodS, double graceS)
    {
        if (graceS < 0 || graceS >= periodS / 2)
            throw new ArgumentOutOfRangeException(nameof(graceS), graceS, "The grace must be less than half a period.");
        _clock = clock;
        _arrivals = arrivals;
        _pool = pool;
        _periodNs = SessionTime.FromSeconds(periodS).Nanoseconds;
        _graceNs = SessionTime.FromSeconds(graceS).Nanoseconds;
    }

    /// <summary>Beats that fell without a new keypoint set.</summary>
    public long Missed { get; private set; }

    /// <summary>Beats that fell with a set that had come too late for its own.</summary>
    public long Late { get; private set; }

    /// <summary>
    /// Waits for the next beat. The keypoints of the tick are lent until the next call.
    /// </summary>
    /// <returns>False when the source has ended or <paramref name="cancellation"/> is asked for.</returns>
    public bool TryNext(out ControlTick tick, CancellationToken cancellation)
    {
        Release();
        tick = default;
        Keypoints? arrived;
        if (_index == 0)
        {
            if (!WaitForFirst(out arrived, cancellation))
                return false;
            _expectedNs = arrived.Stamp.Produced.Nanoseconds;
        }
        else
        {
            _expectedNs += _periodNs;
            if (!WaitForBeat(out arrived, cancellation))
                return false;
        }
        _lent = arrived;
        if (arrived is null)
            Missed++;
        tick = new(_index++, _clock.Now, arrived);
        return true;
    }

    private void Release()
    {
        if (_lent is not null)
            _pool.Return(_lent);
        _lent = null;
    }

    /// <summary>Gives back everything that is held; after the last <see cref="TryNext"/>.</summary>
    public void Dispose()
    {
        Release();
        if (_ahead is not null)
            _pool.Return(_ahead);
        _ahead = null;
    }

    private bool WaitForFirst([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Keypoints? arrived, CancellationToken cancellation)
    {
        while (!_arrivals.TryDequeue(out arrived, timeoutMs: 50))
            if (cancellation.IsCancellationRequested || _arrivals.IsDrained)
                return false;
        return true;
    }

    /// <summary>
    /// The window of a beat reaches from half a period before the expected arrival to the grace after it. A set from
    /// before the window came too late for its own beat: it is used only if nothing newer comes. A set from after it (this
    /// thread had stalled) is kept for the beat it belongs to.
    /// </summary>
    private bool WaitForBeat(out Keypoints? arrived, CancellationToken cancellation)
    {
        var late = (Keypoints?)null;
        arrived = null;
        while (arrived is null)
        {
            var remainingNs = _expectedNs + _graceNs - _clock.Now.Nanoseconds;
            if (_ahead is null)
                _arrivals.TryDequeue(out _ahead);
            if (_ahead is not null)
            {
                var deviationNs = _ahead.Stamp.Produced.Nanoseconds - _expectedNs;
                if (deviationNs >= _periodNs / 2)
                    break;
                if (late is not null)
                    _pool.Return(late);
                late = null;
                (deviationNs < -_periodNs / 2 ? ref late : ref arrived) = _ahead;
                _ahead = null;
                Follow(late is null ? deviationNs : deviationNs + _periodNs);
            }
            else if (_arrivals.IsDrained || cancellation.IsCancellationRequested)
            {
                if (late is null)
                    return false;
                break;
            }
            else if (remainingNs <= 0)
            {
                break;
            }
            else
            {
                WaitForArrival(remainingNs);
            }
        }
        if (arrived is null && late is not null)
        {
            Late++;
            arrived = late;
        }
        return true;
    }

    private void WaitForArrival(long remainingNs)
    {
        // NB: a monitor's timeouts are whole milliseconds and wake up late; the last stretch is spun.
        if (remainingNs > 2_000_000)
            _arrivals.WaitForItem((int)(remainingNs / 1_000_000) - 1);
        else
            Thread.SpinWait(50);
    }

    private void Follow(long deviationNs) =>
        _expectedNs += (long)(PhaseGain * Math.Clamp(deviationNs, -_periodNs / 2, _periodNs / 2));
}
