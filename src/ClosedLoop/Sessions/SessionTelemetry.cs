using ClosedLoop.CommandLine;
using ClosedLoop.Core;

namespace ClosedLoop.Sessions;

/// <summary>
/// Once a second, on a thread of its own: looks at the session, tells whoever watches, and keeps a line in the
/// recording. In between it watches that keypoints come and that the recording grows, and tells at once where they stop.
/// </summary>
internal sealed class SessionTelemetry : IDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);
    private const int GlancesPerReport = 10;

    /// <summary>Every report is itself recorded: a file that does not grow for longer than two of them is not being written.</summary>
    private const double FileStallS = 2;

    private readonly Session _session;
    private readonly CameraFindings _findings;
    private readonly Action<SessionProgress>? _onProgress;
    private readonly StreamWatch _file = new("recorded data", FileStallS);
    private readonly List<SilenceAlarm> _alarms = [];
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private long _bytesInFile;

    public SessionTelemetry(Session session, CameraFindings findings, Action<SessionProgress>? onProgress)
    {
        (_session, _findings) = (session, findings);
        _onProgress = onProgress;
        if (session.InputWatch is { } watch)
            _alarms.Add(new(watch, $"nothing comes from {session.Source}; the session goes on, the virtual rodent holds its last pose"));
        if (session.Tetrodes is { IsLive: true } tetrodes)
            _alarms.Add(new(tetrodes.Watch, $"nothing comes from {tetrodes.Description}; the session goes on without spikes"));
        if (session.Recorder is { } recorder)
        {
            _alarms.Add(new(_file, $"nothing reaches '{recorder.Path}'; the session waits for the disk, and ends if it stays so"));
            _file.Begin(session.Clock.Now);
        }
        _thread = new(Run) { Name = "telemetry", IsBackground = true };
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
        ThreadYielding.GiveWay();
        var stopping = false;
        for (var glance = 1; !stopping; glance++)
        {
            stopping = _stop.Wait(Glance);
            var now = _session.Clock.Now;
            WatchFile(now);
            var alarm = Alarm(now);
            if (!stopping && alarm is null && glance % GlancesPerReport != 0)
                continue;
            var progress = _session.Progress(now) with { Alarm = alarm };
            // NB: told before it is recorded, for the recording may be what keeps us waiting.
            _onProgress?.Invoke(progress);
            try
            {
                _session.Record(progress.Time, JsonReport.ToUtf8(progress));
                _findings.RecordStatistics(progress.Time);
            }
            catch (ClosedLoopException)
            {
                // The recording has ended early: the control thread meets the same error at its next record and reports it.
                return;
            }
        }
    }

    private void WatchFile(SessionTime now)
    {
        if (_session.Recorder?.Statistics.BytesInFile is not { } bytes || bytes == _bytesInFile)
            return;
        _bytesInFile = bytes;
        _file.Arrived(now);
    }

    private string? Alarm(SessionTime now)
    {
        var told = _findings.TakeSentence();
        if (_session.Tetrodes?.TakeSentence() is { } noticed)
            told = told is null ? noticed : $"{told}; {noticed}";
        foreach (var alarm in _alarms)
            if (alarm.Look(now) is { } sentence)
                told = told is null ? sentence : $"{told}; {sentence}";
        return told;
    }
}
