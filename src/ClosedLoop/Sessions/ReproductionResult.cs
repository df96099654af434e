namespace ClosedLoop.Sessions;

/// <summary>How far a replay agrees with its recording.</summary>
/// <param name="Poses">Poses compared.</param>
/// <param name="ControlSteps">Control steps compared.</param>
/// <param name="BitForBit">Whether all of them are the same to the last bit.</param>
/// <param name="LargestDeviation">The largest difference of any angle (rad), position (m), velocity or command; 0 where only flags or numbering differ.</param>
public sealed record ReproductionResult(long Poses, long ControlSteps, bool BitForBit, double LargestDeviation);
