namespace ClosedLoop.Physics;

/// <summary>A point of a survival curve.</summary>
/// <param name="TimeS">A duration, seconds.</param>
/// <param name="Share">Share of episodes that had not ended by then, 0 to 1.</param>
public readonly record struct SurvivalPoint(double TimeS, double Share);
