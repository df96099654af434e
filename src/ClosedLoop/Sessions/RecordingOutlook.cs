using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Sessions;

/// <summary>Predicts how long a recording can go on, from how fast it has grown over its last looks. One thread.</summary>
internal sealed class RecordingOutlook(SessionRecorder recorder)
{
    /// <summary>Looks over which the rate is taken: at one a second long enough to even out chunks, and short enough to follow a change.</summary>
    private const int Looks = 10;

    private readonly Queue<(SessionTime Time, long Bytes)> _looks = new(Looks + 1);

    /// <summary>Looks at the recording.</summary>
    public RecordingProgress Look(SessionTime now)
    {
        var statistics = recorder.Statistics;
        var rate = double.NaN;
        if (_looks.TryPeek(out var first) && now - first.Time > 0)
            rate = (statistics.BytesInFile - first.Bytes) * 1e9 / (now - first.Time);
        _looks.Enqueue((now, statistics.BytesInFile));
        if (_looks.Count > Looks)
            _looks.Dequeue();
        var room = Math.Max(0, statistics.FreeBytes - recorder.Options.StopFreeBytes);
        var known = statistics.FreeBytes >= 0 && rate > 0;
        return new(statistics.BytesInFile, rate, statistics.FreeBytes, known ? room / rate / 60 : double.NaN);
    }
}
