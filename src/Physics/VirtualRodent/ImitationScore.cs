namespace ClosedLoop.Physics;

/// <summary>How well a controller imitated, over many short episodes.</summary>
/// <param name="Controller">The controller's name.</param>
/// <param name="Episodes">Number of episodes.</param>
/// <param name="Survival">Share of episodes that reached their end, 0 to 1.</param>
/// <param name="EpisodeFrames">Control steps of a whole episode.</param>
/// <param name="MedianTotalErrorMm">Median over all steps of the mean distance between the body's keypoint sites and the reference's.</param>
/// <param name="MedianRootErrorMm">Median over all steps of the distance between the roots.</param>
/// <param name="P95RootErrorMm">95th percentile over all steps of the distance between the roots.</param>
public sealed record ImitationScore(
    string Controller, int Episodes, double Survival, int EpisodeFrames, double MedianTotalErrorMm, double MedianRootErrorMm, double P95RootErrorMm);
