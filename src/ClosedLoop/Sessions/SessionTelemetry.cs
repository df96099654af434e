using ClosedLoop.CommandLine;

namespace ClosedLoop.Sessions;

/// <summary>Once a second, on a thread of its own: looks at the session, tells whoever watches, and keeps a line in the recording.</summary>
internal sealed class SessionTelemetry : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Session _session;
    private readonly Action<SessionProgress>? _onProgress;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    public SessionTelemetry(Session session, Action<SessionProgress>? onProgress)
    {
        _session = session;
        _onProgress = onProgress;
        _thread = new(Watch) { Name = "telemetry", IsBackground = true, Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    /// <summary>Looks a last time and ends.</summary>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Watch()
    {
        var stopping = false;
        while (!stopping)
        {
            stopping = _stop.Wait(Period);
            var progress = _session.Progress();
            try
            {
                _session.Record(progress.Time, JsonReport.ToUtf8(progress));
                _onProgress?.Invoke(progress);
            }
            catch (Core.ClosedLoopException)
            {
                // The recording has ended early: the control thread meets the same error at its next record and reports it.
                return;
            }
        }
    }
}
