namespace ClosedLoop.Comparing;

/// <summary>The offline analyses beside NumPy and scikit-learn, one core each, in one run on the same numbers.</summary>
/// <param name="NumpyVersion">NumPy's version.</param>
/// <param name="SklearnVersion">scikit-learn's version.</param>
/// <param name="Glm">Ridge Poisson regressions.</param>
/// <param name="Wuc">Whitened unbiased cosines.</param>
/// <param name="Crossnobis">Cross-validated distances, by size.</param>
internal sealed record NumpyComparisonResult(string NumpyVersion, string SklearnVersion, GlmComparison Glm, WucComparison Wuc, IReadOnlyList<CrossnobisComparison> Crossnobis)
{
    /// <summary>What is asked: how many times as fast.</summary>
    public const double LeastGlmRatio = 3, LeastSimilarityRatio = 5;

    /// <summary>Geometric mean over sizes.</summary>
    public double CrossnobisRatio => Math.Exp(Crossnobis.Average(one => Math.Log(one.Ratio)));

    /// <summary>Of the size that gains least.</summary>
    public double LeastCrossnobisRatio => Crossnobis.Min(one => one.Ratio);

    /// <summary>Whether all are as they are asked, and say the same.</summary>
    public bool IsWithin => Glm.Ratio >= LeastGlmRatio && Glm.ObjectiveExcess <= 1e-6 && Wuc.Ratio >= LeastSimilarityRatio && Wuc.Difference <= 1e-10
        && LeastCrossnobisRatio >= LeastSimilarityRatio && Crossnobis.All(one => one.Difference <= 1e-10);

    /// <summary>The result for a person, line by line.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"Poisson regressions of {Glm.Units} units x {Glm.Bins} bins x {Glm.Features} features on one core: {Glm.OursS:F2} s, scikit-learn {SklearnVersion} {Glm.SklearnS:F2} s: {Glm.Ratio:F1} times as fast (the aim is {LeastGlmRatio:F0} at least)";
        yield return Glm.ObjectiveExcess <= 0 ? "  what is minimised ends above scikit-learn's for no unit" : $"  what is minimised ends above scikit-learn's for no unit by more than {Glm.ObjectiveExcess:E1} of it";
        yield return $"whitened unbiased cosine of {Wuc.Conditions} behaviours: {Wuc.OursUs:F2} us, NumPy {NumpyVersion} {Wuc.NumpyUs:F1} us: {Wuc.Ratio:F1} times as fast (the aim is {LeastSimilarityRatio:F0} at least), difference {Wuc.Difference:E1}";
        yield return $"crossnobis distances of patterns and noise covariance, geometric mean over sizes: {CrossnobisRatio:F1} times as fast; {LeastCrossnobisRatio:F1} times at the size that gains least (the aim is {LeastSimilarityRatio:F0} at every size)";
        foreach (var one in Crossnobis)
            yield return $"  {one.Behaviours,2} behaviours x {one.Units,3} units x {one.Measurements,2} measurements: {one.OursUs,7:F1} us, NumPy {one.NumpyUs,8:F1} us: {one.Ratio,4:F1} times; NumPy solving instead of inverting: {one.SolvedRatio,4:F1}; the inverse at hand on both sides: {one.KnownRatio,4:F1}; difference {one.Difference:E1}";
    }
}
