namespace ClosedLoop.PoseTracking;

/// <summary>How a solve ended.</summary>
/// <param name="MeanErrorM">Mean distance between the keypoints that were used and their sites, metres; NaN where none was.</param>
/// <param name="Cost">What was minimised, square metres.</param>
/// <param name="Iterations">Iterations that were made.</param>
/// <param name="Converged">False where the limit of iterations ended the solve.</param>
public readonly record struct PoseSolution(double MeanErrorM, double Cost, int Iterations, bool Converged);
