namespace ClosedLoop.Core;

/// <summary>
/// Keeps account of a device's samples by their numbers: received, lost, come twice. Written by the source's thread, read
/// by any. Allocates nothing while it counts.
/// </summary>
public sealed class SampleLedger
{
    private const int Remembered = 64;

    private readonly Lock _lock = new();
    private readonly SampleGap[] _gaps = new SampleGap[Remembered];
    private long _received, _lost, _repeated, _gapCount, _next = RecordStamp.None;

    /// <summary>Samples per channel that were delivered.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Samples per channel that lie in gaps.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Samples per channel whose numbers had been before; they were left out.</summary>
    public long Repeated => Interlocked.Read(ref _repeated);

    /// <summary>Number of gaps.</summary>
    public long GapCount => Interlocked.Read(ref _gapCount);

    /// <summary>The number that the next sample should have; <see cref="RecordStamp.None"/> before the first.</summary>
    public long Next => Interlocked.Read(ref _next);

    /// <summary>The latest gaps, at most 64, the oldest first.</summary>
    public IReadOnlyList<SampleGap> Gaps
    {
        get
        {
            lock (_lock)
            {
                var count = (int)Math.Min(_gapCount, Remembered);
                return [.. Enumerable.Range(0, count).Select(i => _gaps[(_gapCount - count + i) % Remembered])];
            }
        }
    }

    /// <summary>Enters a run of samples.</summary>
    /// <param name="firstSample">The device's number of the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="now">Session time.</param>
    /// <returns>How many of them, from the first, have been before and are to be left out.</returns>
    public int Enter(long firstSample, int count, SessionTime now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        lock (_lock)
        {
            var repeated = _next == RecordStamp.None ? 0 : (int)Math.Clamp(_next - firstSample, 0, count);
            if (_next != RecordStamp.None && firstSample > _next)
            {
                _gaps[_gapCount % Remembered] = new(_next, firstSample - _next, now);
                _gapCount++;
                _lost += firstSample - _next;
            }
            _repeated += repeated;
            _received += count - repeated;
            if (repeated < count)
                _next = firstSample + count;
            return repeated;
        }
    }

    /// <summary>The device began to count anew (it was restarted): what its next sample is called is no gap.</summary>
    public void Restart()
    {
        lock (_lock)
            _next = RecordStamp.None;
    }
}
