namespace ClosedLoop.PoseTracking;

/// <summary>How well two cameras agree.</summary>
/// <param name="A">The first camera's name.</param>
/// <param name="B">The second's.</param>
/// <param name="SharedViews">In how many sets both saw the board.</param>
/// <param name="SharedCorners">How many corners both saw at the same time.</param>
/// <param name="EpipolarRmsPx">Root of the mean squared distance of corners from the lines that the other camera's corners make of them, pixels; NaN without shared corners.</param>
public sealed record PairReport(string A, string B, int SharedViews, int SharedCorners, double EpipolarRmsPx);
