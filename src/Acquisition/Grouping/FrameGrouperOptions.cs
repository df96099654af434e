namespace ClosedLoop.Acquisition;

/// <summary>How frames are grouped into sets, and what counts as a fault.</summary>
public sealed record FrameGrouperOptions
{
    /// <summary>By what frames belong together.</summary>
    public GroupingMode Mode { get; init; } = GroupingMode.TriggerIndex;

    /// <summary>How long a set waits for missing frames after its first came, in frame periods.</summary>
    public double WaitPeriods { get; init; } = 1.5;

    /// <summary>A camera from which nothing came for so long has stopped, seconds. NB: must leave room for its being named within 0.2 s.</summary>
    public double SilenceS { get; init; } = 0.12;

    /// <summary>How long cameras may take to their first frame before they count as stopped, seconds.</summary>
    public double StartPatienceS { get; init; } = 2;

    /// <summary>A counter that is further ahead of all other cameras than this is out of step and not used, seconds.</summary>
    public double MaxAheadS { get; init; } = 2;
}
