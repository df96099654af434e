using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>A finding about a camera, as it is recorded.</summary>
internal sealed class CameraFindingRecord
{
    public long TimeNs { get; set; }

    public string Camera { get; set; } = "";

    public int CameraIndex { get; set; }

    public int Kind { get; set; }

    public long Count { get; set; }

    public long LastSeenNs { get; set; }

    public string Sentence { get; set; } = "";

    public static CameraFindingRecord Of(in CameraFinding finding) => new()
    {
        TimeNs = finding.Time.Nanoseconds,
        Camera = finding.Camera,
        CameraIndex = finding.CameraIndex,
        Kind = (int)finding.Kind,
        Count = finding.Count,
        LastSeenNs = finding.LastSeen.Nanoseconds,
        Sentence = finding.Sentence,
    };

    public CameraFinding ToFinding() => new(CameraIndex, Camera, (CameraFindingKind)Kind, new(TimeNs), Count, new(LastSeenNs));
}
