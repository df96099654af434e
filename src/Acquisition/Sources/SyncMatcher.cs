using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// Says which trigger of the cameras a sync pulse among the samples was: the one that by the samples' clock was nearest.
/// Pulses wait until the triggers of their time are known. Allocates nothing. One thread.
/// </summary>
/// <remarks>
/// NB: pulses look all alike. Which is which is told by the block that had the shortest way of late: a pulse on it was
/// taken at most three quarters of a period before it came and at most a quarter after (images have a way, too). A machine
/// that stalls at the beginning makes all ways long; so the matches are held against later ways, and where these are
/// shorter by so much that another trigger must be meant, all is matched anew (<see cref="MustForget"/>). What stays is
/// a shortest way that is longer than that of the images by more than three quarters of a period: such a way is to be
/// made shorter first (blocks of few milliseconds).
/// </remarks>
public sealed class SyncMatcher
{
    /// <summary>Ways are known after so much signal, seconds.</summary>
    private const double SettledS = 2;

    // Half a period is where another trigger is nearer; a little more, so that it is not matched anew for nothing.
    private const double Hysteresis = 0.6;

    private const int Remembered = 256, Waiting = 128;

    /// <summary>A pulse for which no trigger has come so long after it is none of the cameras'.</summary>
    private const long PatienceNs = 2_000_000_000;

    private const long LeastToleranceNs = 1_000_000, DriftShare = 10_000;

    private readonly (long Index, SessionTime Time)[] _triggers = new (long, SessionTime)[Remembered];
    private readonly long[] _pulses = new long[Waiting];
    private long _triggerCount, _firstPulse, _pulseCount, _lastMatched = RecordStamp.None;

    /// <summary>Pulses that no trigger fits.</summary>
    public long Surplus { get; private set; }

    /// <summary>Triggers between matched ones that no pulse fits.</summary>
    public long Missed { get; private set; }

    /// <summary>The newest trigger; default before the first.</summary>
    public SessionTime NewestTrigger => _triggerCount == 0 ? default : Trigger(_triggerCount - 1).Time;

    /// <summary>The trigger that was matched last; before that the first that there was.</summary>
    public SessionTime LastMatched { get; private set; }

    /// <summary>Takes note of a trigger; they come in order.</summary>
    public void Triggered(long index, SessionTime time)
    {
        if (_triggerCount == 0)
            LastMatched = time;
        _triggers[_triggerCount++ % Remembered] = (index, time);
    }

    /// <summary>Takes note of a pulse; they come in order.</summary>
    /// <param name="sample">The device's number of the sample.</param>
    public void Pulsed(long sample)
    {
        if (_pulseCount - _firstPulse == Waiting)
            Leave();
        _pulses[_pulseCount++ % Waiting] = sample;
    }

    /// <summary>The device counts anew: pulses of before say nothing any more.</summary>
    public void Restart() => _firstPulse = _pulseCount;

    /// <summary>The next pulse whose trigger is known.</summary>
    /// <param name="clock">The samples' clock as it is fitted.</param>
    /// <param name="sorted">Session time up to which samples have come.</param>
    /// <param name="sample">Receives the device's number of its sample.</param>
    /// <param name="trigger">Receives the trigger.</param>
    public bool TryMatch(SampleClock clock, SessionTime sorted, out long sample, out (long Index, SessionTime Time) trigger)
    {
        (sample, trigger) = (0, default);
        while (_firstPulse < _pulseCount && _triggerCount >= 2)
        {
            sample = _pulses[_firstPulse % Waiting];
            var period = Period();
            if (!clock.Synchronised && clock.ArrivedS < SettledS)
                return false;
            var expected = clock.Synchronised ? clock.TimeOf(sample) : ByWay(clock, sample, period);
            if (NewestTrigger - expected < period / 2)
            {
                // Its trigger may be on its way: images take longer than samples.
                if (sorted - expected < PatienceNs)
                    return false;
                Leave();
                continue;
            }
            var nearest = Nearest(expected);
            if (Math.Abs(nearest.Time - expected) > Tolerance(clock, expected, period) || nearest.Index <= _lastMatched)
            {
                Leave();
                continue;
            }
            trigger = nearest;
            if (_lastMatched != RecordStamp.None)
                Missed += trigger.Index - _lastMatched - 1;
            (_lastMatched, LastMatched) = (trigger.Index, trigger.Time);
            _firstPulse++;
            return true;
        }
        return false;
    }

    /// <summary>
    /// How far a trigger may be from where a pulse is expected. Once the clock is fitted by pulses, as far as triggers
    /// jitter, and more the longer there was none, for the clock drifts.
    /// </summary>
    private long Tolerance(SampleClock clock, SessionTime expected, long period) =>
        clock.Synchronised ? Math.Min(period / 2, Math.Max(LeastToleranceNs, (long)(6e9 * clock.ResidualS)) + ((expected - LastMatched) / DriftShare)) : period / 2;

    /// <summary>
    /// Whether pulses were matched with wrong triggers, by what is known now of the samples' way. The clock is then to
    /// forget them, and they are matched anew.
    /// </summary>
    /// <param name="clock">The samples' clock as it is fitted.</param>
    /// <param name="sample">A sample of now.</param>
    public bool MustForget(SampleClock clock, long sample)
    {
        if (!clock.Synchronised || _triggerCount < 2)
            return false;
        var period = Period();
        if (Math.Abs(clock.TimeOf(sample) - ByWay(clock, sample, period)) <= Hysteresis * period)
            return false;
        _lastMatched = RecordStamp.None;
        return true;
    }

    /// <summary>Where the trigger of a sample is looked for by the samples' way alone: in the middle of where it may be.</summary>
    private static SessionTime ByWay(SampleClock clock, long sample, long period) => clock.LatestOf(sample) + (-period / 4);

    private void Leave()
    {
        _firstPulse++;
        Surplus++;
    }

    private (long Index, SessionTime Time) Trigger(long place) => _triggers[place % Remembered];

    /// <summary>The period of the triggers that are remembered, nanoseconds.</summary>
    private long Period()
    {
        var (newest, oldest) = (Trigger(_triggerCount - 1), Trigger(Math.Max(0, _triggerCount - Remembered)));
        return Math.Max(1, (newest.Time - oldest.Time) / Math.Max(1, newest.Index - oldest.Index));
    }

    private (long Index, SessionTime Time) Nearest(SessionTime expected)
    {
        var oldest = Math.Max(0, _triggerCount - Remembered);
        var best = Trigger(oldest);
        for (var place = oldest + 1; place < _triggerCount; place++)
            if (Math.Abs(Trigger(place).Time - expected) < Math.Abs(best.Time - expected))
                best = Trigger(place);
        return best;
    }
}
