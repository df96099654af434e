namespace ClosedLoop.PoseTracking;

/// <summary>Whether a camera still is where its calibration says.</summary>
/// <param name="Name">The camera.</param>
/// <param name="Views">In how many sets it saw the board together with another camera.</param>
/// <param name="RmsPx">By how much its corners miss the board as the cameras that agree place it, pixels; NaN without shared views.</param>
/// <param name="LimitPx">What is allowed.</param>
/// <param name="Drifted">Whether it has moved, as far as can be told.</param>
/// <param name="MovedMm">By how much its centre has moved, mm; NaN where it has not drifted.</param>
/// <param name="TurnedDegrees">By how much it has turned; NaN where it has not drifted.</param>
public sealed record DriftReport(string Name, int Views, double RmsPx, double LimitPx, bool Drifted, double MovedMm, double TurnedDegrees);
