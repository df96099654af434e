namespace ClosedLoop.Comparing;

/// <summary>Crossnobis distances beside NumPy's, microseconds of one core.</summary>
/// <param name="Behaviours">Behaviours.</param>
/// <param name="Units">Units.</param>
/// <param name="Measurements">Independent measurements.</param>
/// <param name="OursUs">Ours, of patterns and noise covariance.</param>
/// <param name="NumpyUs">NumPy's, by the formula: with the inverse of the covariance.</param>
/// <param name="SolvedNumpyUs">NumPy's with a solution in the place of the inverse.</param>
/// <param name="KnownOursUs">Ours where the inverse is at hand.</param>
/// <param name="KnownNumpyUs">NumPy's where it is.</param>
/// <param name="Difference">Largest difference of a distance, relative to the largest distance.</param>
internal sealed record CrossnobisComparison(
    int Behaviours, int Units, int Measurements, double OursUs, double NumpyUs, double SolvedNumpyUs, double KnownOursUs, double KnownNumpyUs, double Difference)
{
    /// <summary>How many times as fast we are, by the formula.</summary>
    public double Ratio => NumpyUs / OursUs;

    /// <summary>The same beside NumPy with a solution in the place of the inverse.</summary>
    public double SolvedRatio => SolvedNumpyUs / OursUs;

    /// <summary>The same where the inverse is at hand.</summary>
    public double KnownRatio => KnownNumpyUs / KnownOursUs;
}
