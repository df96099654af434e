using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>What the grouper remembers of one camera.</summary>
internal sealed class CameraTrack(int index, string name)
{
    private readonly long[] _counts = new long[Enum.GetValues<CameraFindingKind>().Length];

    public int Index => index;

    public string Name => name;

    public ClockFit Clock { get; } = new();

    /// <summary>When its last frame arrived; before the first, when it was expected to begin.</summary>
    public SessionTime LastArrival { get; set; }

    public bool HasArrived { get; set; }

    public bool IsStopped { get; set; }

    /// <summary>It will deliver nothing more: its file is at the end, or it has failed.</summary>
    public bool HasEnded { get; set; }

    public long LastCounter { get; set; } = RecordStamp.None;

    public long LastDeviceNs { get; set; } = RecordStamp.None;

    /// <summary>The trigger of its last frame that was used.</summary>
    public long LastTrigger { get; set; } = RecordStamp.None;

    public long Grouped { get; set; }

    public long Missing { get; set; }

    /// <summary>Whether a set waits for it.</summary>
    public bool IsExpected => !IsStopped && !HasEnded;

    public void Count(CameraFindingKind kind, long count) => _counts[(int)kind] += kind is CameraFindingKind.Stopped ? 1 : count;

    public CameraGroupStatistics Look() => new(
        name, Grouped, Missing, Of(CameraFindingKind.Skipped), Of(CameraFindingKind.Repeated), Of(CameraFindingKind.OutOfOrder), Of(CameraFindingKind.OutOfStep),
        Of(CameraFindingKind.Short), Of(CameraFindingKind.Undecodable), Of(CameraFindingKind.Late), Of(CameraFindingKind.Stopped), IsStopped,
        Clock.Count > 1 ? Clock.ResidualS : double.NaN, Clock.Count > 1 ? Clock.DriftPpm : double.NaN);

    private long Of(CameraFindingKind kind) => _counts[(int)kind];
}
