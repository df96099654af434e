namespace ClosedLoop.Comparing;

/// <summary>Ridge Poisson regressions beside scikit-learn's.</summary>
/// <param name="Units">Units.</param>
/// <param name="Bins">Bins.</param>
/// <param name="Features">Features.</param>
/// <param name="OursS">What all of them took us, seconds of one core.</param>
/// <param name="SklearnS">What they took scikit-learn.</param>
/// <param name="ObjectiveExcess">How far our objective lies above scikit-learn's at most, relative: below 0 it is lower everywhere.</param>
internal sealed record GlmComparison(int Units, int Bins, int Features, double OursS, double SklearnS, double ObjectiveExcess)
{
    /// <summary>How many times as fast we are.</summary>
    public double Ratio => SklearnS / OursS;
}
