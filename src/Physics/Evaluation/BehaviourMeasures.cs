namespace ClosedLoop.Physics;

/// <summary>How well one behaviour was imitated.</summary>
/// <param name="Steps">Control steps whose frame to be reached shows it.</param>
/// <param name="Episodes">Episodes that began in it.</param>
/// <param name="Survival">Share of those that reached their length; NaN where none began in it.</param>
/// <param name="MedianTotalErrorMm">Median of the mean distance of the keypoint sites.</param>
/// <param name="MedianRootErrorMm">Median of the distance of the roots.</param>
/// <param name="MedianPoseErrorMm">Median of the mean distance after alignment.</param>
public sealed record BehaviourMeasures(
    int Steps, int Episodes, double Survival, double MedianTotalErrorMm, double MedianRootErrorMm, double MedianPoseErrorMm);
