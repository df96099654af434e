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
    public double RestPriorMPerRad { get; init; } = 0.0015;

    /// <summary>
    /// Pull of the joints of one tendon toward sharing its bend as physics makes them share it, as
    /// <see cref="RestPriorMPerRad"/>. It leaves the bend itself free.
    /// </summary>
    public double TendonPriorMPerRad { get; init; } = 0.004;

    /// <summary>Pull of each hinge toward the pose that the solve began from, as <see cref="RestPriorMPerRad"/>.</summary>
    public double StartPriorMPerRad { get; init; } = 0.004;

    /// <summary>
    /// Pull of a standing paw's underside to the floor, as the weight of a keypoint with an error of the same length. It is
    /// shared among the paw's parts (sole or palm, digits).
    /// </summary>
    public double FloorWeight { get; init; } = 1;

    /// <summary>How much more a paw inside the floor weighs than one above it.</summary>
    public double PenetrationRatio { get; init; } = 2;

    /// <summary>Paws well above the floor by this length are lifted, and not drawn to it (Geman-McClure), metres.</summary>
    public double FloorRobustScaleM { get; init; } = 0.004;
}
