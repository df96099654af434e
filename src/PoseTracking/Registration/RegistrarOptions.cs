namespace ClosedLoop.PoseTracking;

/// <summary>How a live registrar judges keypoints.</summary>
public sealed record RegistrarOptions
{
    /// <summary>How poses are solved.</summary>
    public PoseSolverOptions Solver { get; init; } = new();

    /// <summary>Keypoints below this confidence are left out, and the pose is flagged as partial.</summary>
    public double MinimumConfidence { get; init; } = 0.1;

    /// <summary>Fewest keypoints that a pose is solved from; with fewer the last pose is carried forward.</summary>
    public int MinimumKeypoints { get; init; } = 8;

    /// <summary>A body that seems to move faster than this has jumped, metres a second.</summary>
    public double MaximumSpeedMPerS { get; init; } = 3;

    /// <summary>A solve with a mean marker error beyond this is bad: another is begun from the trunk, metres.</summary>
    public double BadFitM { get; init; } = 0.012;

    /// <summary>A keypoint further than this from its site, and much further than the others, is left out of the solve, metres.</summary>
    public double OutlierM { get; init; } = 0.025;

    /// <summary>Sides are exchanged where that brings the keypoints of a limb nearer to where they are expected by at least this on average, metres.</summary>
    public double SwapGainM { get; init; } = 0.01;

    /// <summary>For how many ticks without keypoints a pose is carried along its velocity before it is held.</summary>
    public int ExtrapolatedTicks { get; init; } = 3;
}
