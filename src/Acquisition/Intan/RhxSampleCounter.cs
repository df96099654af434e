using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// Makes 64-bit sample numbers of RHX's 32 bits, which it writes as an unsigned and documents as a signed number: at 30 kHz
/// one reading of them turns over after 19.9 hours, the other after 39.8. Only differences are looked at, so both are right.
/// </summary>
/// <remarks>
/// A number that goes back by more than a second, or on by more than the time that passed allows, is of a device that began
/// to count anew: a new epoch. Written by the waveforms' thread, read by any.
/// </remarks>
internal sealed class RhxSampleCounter(double rateHz)
{
    private const double RepeatSeconds = 1, AheadSeconds = 60;

    private long _latest = RecordStamp.None;
    private SessionTime _at;
    private int _epoch;

    /// <summary>Which of the device's counts is running, from 0.</summary>
    public int Epoch => Volatile.Read(ref _epoch);

    /// <summary>The device begins to count anew: it was set to run.</summary>
    public void Restart()
    {
        if (Interlocked.Exchange(ref _latest, RecordStamp.None) != RecordStamp.None)
            Interlocked.Increment(ref _epoch);
    }

    /// <summary>The number of a sample that came at <paramref name="now"/>; the next is told from it.</summary>
    public long Extend(uint number, SessionTime now)
    {
        var latest = Interlocked.Read(ref _latest);
        var extended = latest == RecordStamp.None ? number : Nearest(number, latest);
        var ahead = (AheadSeconds + (2 * ((now - _at) / 1e9))) * rateHz;
        if (latest != RecordStamp.None && (extended < latest - (RepeatSeconds * rateHz) || extended > latest + ahead))
        {
            Interlocked.Increment(ref _epoch);
            (latest, extended) = (RecordStamp.None, number);
        }
        _at = now;
        // NB: a repeated block must not set the count back.
        Interlocked.Exchange(ref _latest, Math.Max(extended, latest));
        return extended;
    }

    /// <summary>The number of something that happened near the latest sample.</summary>
    public long Near(uint number) => Interlocked.Read(ref _latest) is var latest && latest == RecordStamp.None ? number : Nearest(number, latest);

    private static long Nearest(uint number, long latest) => latest + (int)(number - (uint)latest);
}
