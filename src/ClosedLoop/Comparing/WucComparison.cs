namespace ClosedLoop.Comparing;

/// <summary>Whitened unbiased cosines beside NumPy's.</summary>
/// <param name="Conditions">Behaviours.</param>
/// <param name="OursUs">What one takes us, microseconds of one core.</param>
/// <param name="NumpyUs">What it takes NumPy.</param>
/// <param name="Difference">Of the results.</param>
internal sealed record WucComparison(int Conditions, double OursUs, double NumpyUs, double Difference)
{
    /// <summary>How many times as fast we are.</summary>
    public double Ratio => NumpyUs / OursUs;
}
