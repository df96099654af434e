using ClosedLoop.CommandLine;
using ClosedLoop.Core;

namespace ClosedLoop.Sessions;

/// <summary>
/// Once a second, on a thread of its own: looks at the session, tells whoever watches, and keeps a line in the
/// recording. In between it watches the source for silence, and tells of it at once.
/// </summary>
internal sealed class SessionTelemetry : IDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);
    private const int GlancesPerReport = 4;

    private readonly Session _session;
    private readonly Action<SessionProgress>? _onProgress;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private long _stalls;
    private SessionTime? _silentSince;

    public SessionTelemetry(Session session, Action<SessionProgress>? onProgress)
    {
        _session = session;
        _onProgress = onProgress;
        _thread = new(Run) { Name = "telemetry", IsBackground = true, Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    /// <summary>Looks a last time and ends.</summary>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        var stopping = false;
        for (var glance = 1; !stopping; glance++)
        {
            stopping = _stop.Wait(Glance);
            var now = _session.Clock.Now;
            var alarm = _session.Stream(now) is { } stream ? Alarm(stream, now) : null;
            if (!stopping && alarm is null && glance % GlancesPerReport != 0)
                continue;
            var progress = _session.Progress(now) with { Alarm = alarm };
            try
            {
                _session.Record(progress.Time, JsonReport.ToUtf8(progress));
                _onProgress?.Invoke(progress);
            }
            catch (ClosedLoopException)
            {
                // The recording has ended early: the control thread meets the same error at its next record and reports it.
                return;
            }
        }
    }

    /// <summary>What has changed about the stream since the last glance; null where nothing has.</summary>
    private string? Alarm(StreamStatistics stream, SessionTime now)
    {
        if (stream.IsStalled && _silentSince is null)
        {
            _silentSince = now + (long)(-1e9 * stream.SilenceS);
            _stalls = stream.Stalls;
            return stream.Received == 0
                ? $"NO {stream.Name.ToUpperInvariant()} yet, {stream.SilenceS:F1} s after the start: nothing comes from {_session.Source}"
                : $"NO {stream.Name.ToUpperInvariant()} for {stream.SilenceS:F1} s: nothing comes from {_session.Source}; the session goes on, the virtual rodent holds its last pose";
        }
        if (!stream.IsStalled && _silentSince is { } since)
        {
            _silentSince = null;
            return stream.SilenceS > 0 ? $"{stream.Name} are back after {(now - since) / 1e9:F1} s" : null;
        }
        if (!stream.IsStalled && stream.Stalls > _stalls)
        {
            // It fell between two glances.
            _stalls = stream.Stalls;
            return $"{stream.Name} had stopped for more than a second and are back; the longest silence was {stream.LongestSilenceS:F1} s";
        }
        return null;
    }
}
