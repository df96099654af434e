namespace ClosedLoop.Physics;

/// <summary>Errors of the control steps of a short stretch of time since the start of their episodes.</summary>
/// <param name="TimeS">The end of the stretch, seconds.</param>
/// <param name="Steps">How many steps.</param>
/// <param name="MedianMm">Median of their total errors.</param>
/// <param name="P90Mm">What 90 % of them do not exceed.</param>
public readonly record struct TimedError(double TimeS, int Steps, double MedianMm, double P90Mm);
