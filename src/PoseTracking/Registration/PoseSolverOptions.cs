namespace ClosedLoop.PoseTracking;

/// <summary>How one pose is solved from one set of keypoints.</summary>
public sealed record PoseSolverOptions
{
    /// <summary>Most iterations of one solve.</summary>
    public int MaximumIterations { get; init; } = 30;

    /// <summary>A solve ends when an iteration lowers the cost by less than this share of it.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Residuals well beyond this length lose their pull (Geman-McClure), metres.</summary>
    public double RobustScaleM { get; init; } = 0.015;

    /// <summary>
    /// Pull of each hinge toward its rest angle, as the marker error in metres that one radian weighs as much as. It
    /// decides only what the keypoints leave open, such as how a bend is shared among vertebrae.
    /// </summary>
    public double RestPriorMPerRad { get; init; } = 0.001;

    /// <summary>Pull of each hinge toward the pose that the solve began from, as <see cref="RestPriorMPerRad"/>.</summary>
    public double StartPriorMPerRad { get; init; } = 0.004;
}
