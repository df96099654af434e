using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>How much a <see cref="KeypointFilter"/> calms.</summary>
public sealed record KeypointFilterOptions
{
    /// <summary>Cut-off of a keypoint at rest, hertz: lower is calmer and later.</summary>
    public double CutoffHz { get; init; } = 5;

    /// <summary>What every metre a second adds to the cut-off, hertz.</summary>
    public double CutoffHzPerMPerS { get; init; } = 50;

    /// <summary>Cut-off for the speed itself, hertz.</summary>
    public double SpeedCutoffHz { get; init; } = 5;

    /// <summary>A keypoint that was missing for longer begins anew, seconds.</summary>
    public double LongestGapS { get; init; } = 0.1;

    /// <summary>Refuses numbers that cannot be.</summary>
    /// <exception cref="ClosedLoopException">One cannot be; exit code 2.</exception>
    public void Check()
    {
        if (!(CutoffHz > 0) || !(CutoffHzPerMPerS >= 0) || !(SpeedCutoffHz > 0) || !(LongestGapS >= 0))
            throw ClosedLoopException.Usage("the keypoint filter needs cut-offs above 0 Hz and a longest gap of 0 s or more");
    }
}
