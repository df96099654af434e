using System.Collections.Concurrent;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Vision;

namespace ClosedLoop.Sessions;

/// <summary>
/// What is noticed of the cameras: kept in the recording as it is noticed, and told to whoever watches the session at its
/// next glance.
/// </summary>
internal sealed class CameraFindings : IDisposable
{
    private readonly VisionKeypointSource? _vision;
    private readonly SessionRecorder? _recorder;
    private readonly UntoldSentences _untold = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();

    /// <summary>Begins to listen.</summary>
    public CameraFindings(VisionKeypointSource? vision, SessionRecorder? recorder)
    {
        (_vision, _recorder) = (vision, recorder);
        if (_vision is not null)
            _vision.Found += Take;
    }

    /// <summary>How many findings there were, by camera and kind, as in "cam3 Skipped".</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>What was noticed since the last call, as one sentence; null where nothing was.</summary>
    public string? TakeSentence() => _untold.Take();

    /// <summary>Keeps in the recording what each camera has delivered and lost so far.</summary>
    public void RecordStatistics(SessionTime now)
    {
        if (_vision?.Cameras is { } cameras && _recorder is not null)
            foreach (var camera in cameras.CameraStatistics)
                _recorder.Write(camera, now);
    }

    /// <summary>Listens no more.</summary>
    public void Dispose()
    {
        if (_vision is not null)
            _vision.Found -= Take;
    }

    private void Take(CameraFinding finding)
    {
        _recorder?.Write(finding);
        _counts.AddOrUpdate($"{finding.Camera} {finding.Kind}", 1, (_, count) => count + 1);
        _untold.Add(finding.Sentence);
    }
}
