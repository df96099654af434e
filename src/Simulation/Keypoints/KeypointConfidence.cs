namespace ClosedLoop.Simulation;

/// <summary>
/// The confidence of the simulated vision: a decreasing function of the standard deviation of the error that was really
/// added, 1 for none, one half at 2 mm.
/// </summary>
public static class KeypointConfidence
{
    private const double HalfM = 0.002;

    /// <summary>Confidence, 0 to 1, of an error with this standard deviation per axis, metres.</summary>
    public static double FromSd(double sdM) => 1 / (1 + (sdM / HalfM * (sdM / HalfM)));

    /// <summary>Standard deviation per axis, metres, that a confidence above 0 stands for.</summary>
    public static double ToSd(double confidence) => HalfM * Math.Sqrt((1 / confidence) - 1);
}
