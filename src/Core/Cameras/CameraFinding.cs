namespace ClosedLoop.Core;

/// <summary>One thing noticed of one camera.</summary>
/// <param name="CameraIndex">The camera's place in its rig.</param>
/// <param name="Camera">The camera's name.</param>
/// <param name="Kind">What was noticed.</param>
/// <param name="Time">When it was noticed.</param>
/// <param name="Count">How many frames it concerns; of <see cref="CameraFindingKind.Stopped"/> 0, for it is not known yet.</param>
/// <param name="LastSeen">When its last frame before this had arrived; zero where there was none.</param>
public readonly record struct CameraFinding(
    int CameraIndex, string Camera, CameraFindingKind Kind, SessionTime Time, long Count, SessionTime LastSeen)
{
    /// <summary>The finding for a person.</summary>
    public string Sentence => Kind switch
    {
        CameraFindingKind.Stopped => $"{Camera} has stopped: no frame for {(Time - LastSeen) / 1e6:F0} ms",
        CameraFindingKind.Resumed => $"{Camera} delivers again after {(Time - LastSeen) / 1e9:F2} s",
        CameraFindingKind.Skipped => $"{Camera} skipped {Frames}",
        CameraFindingKind.Repeated => $"{Camera} repeated {Frames}",
        CameraFindingKind.OutOfOrder => $"{Camera} sent {Frames} out of order",
        CameraFindingKind.OutOfStep => $"{Camera} counts out of step with all other cameras; {Frames} not used",
        CameraFindingKind.Short => $"{Camera} sent {Frames} cut short",
        CameraFindingKind.Undecodable => $"{Camera} sent {Frames} that cannot be decoded",
        CameraFindingKind.Late => $"{Camera} sent {Frames} too late for its set",
        _ => $"{Camera} has failed",
    };

    private string Frames => Count == 1 ? "a frame" : $"{Count} frames";
}
