using ClosedLoop.Core;

namespace ClosedLoop.Comparing;

/// <summary>
/// By how many bins counts have to be looked up earlier than poses are numbered: a bin ends with its beat, and the pose of the
/// same beat was captured before that by all that vision takes. Found once, from the first beats, so that it is the same when a
/// recording is read.
/// </summary>
public sealed class CaptureDelay
{
    /// <summary>Beats that it is found from.</summary>
    public const int Beats = 100;

    private readonly long _periodNs;
    private readonly long[] _delays = new long[Beats];
    private int _count;

    /// <summary>Begins without any beat.</summary>
    /// <param name="periodS">Time between beats, seconds.</param>
    public CaptureDelay(double periodS) => _periodNs = SessionTime.FromSeconds(periodS).Nanoseconds;

    /// <summary>Bins that the count of a pose's time is earlier than the bin of its beat; null before enough beats are known.</summary>
    public int? Bins { get; private set; }

    /// <summary>Takes a beat whose pose was measured.</summary>
    /// <param name="beat">Its time, at which its bin ends.</param>
    /// <param name="captured">When its pose was captured.</param>
    public void Take(SessionTime beat, SessionTime captured)
    {
        if (Bins is not null)
            return;
        _delays[_count++] = beat - captured;
        if (_count == Beats)
            Settle();
    }

    /// <summary>Makes do with the beats that came, at the end of a session that had fewer; 0 where there was none.</summary>
    public void Settle()
    {
        if (Bins is not null)
            return;
        var known = _delays.AsSpan(0, _count);
        known.Sort();
        // The bin whose middle is nearest to the capture.
        Bins = _count == 0 ? 0 : (int)Math.Floor(((known[_count / 2] - (_periodNs / 2)) / (double)_periodNs) + 0.5);
    }
}
