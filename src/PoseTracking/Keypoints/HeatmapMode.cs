namespace ClosedLoop.PoseTracking;

/// <summary>One place where a map of probabilities is high. Cell (0, 0) is the top left; its centre has coordinates (0, 0).</summary>
/// <param name="X">Column, cells.</param>
/// <param name="Y">Row, cells.</param>
/// <param name="VarianceXX">Variance of the column, square cells.</param>
/// <param name="VarianceXY">Covariance, square cells.</param>
/// <param name="VarianceYY">Variance of the row, square cells.</param>
/// <param name="Mass">Probability in the window about it.</param>
public readonly record struct HeatmapMode(double X, double Y, double VarianceXX, double VarianceXY, double VarianceYY, double Mass);
