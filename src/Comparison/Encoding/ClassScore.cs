namespace ClosedLoop.Comparison;

/// <summary>How well one class of features predicts one unit.</summary>
/// <param name="BitsPerSpike">
/// Cross-validated log-likelihood ratio against the mean rate of the fitted bins, at the lag that explains the fitted bins of
/// each fold best: no tested bin had a say in its lag. NaN where the unit was not judged.
/// </param>
/// <param name="PseudoR2">1 - deviance / deviance of that mean rate, over the same bins.</param>
/// <param name="P">Of the signed-rank test over blocks of the tested folds, one-sided.</param>
/// <param name="AdjustedP">The same, adjusted (Benjamini and Hochberg) for all units and classes.</param>
/// <param name="Alpha">Strength of the ridge, the geometric mean over folds.</param>
/// <param name="LagMs">The lag at which <paramref name="LagBitsPerSpike"/> is greatest.</param>
/// <param name="LagBitsPerSpike">The cross-validated ratio at each lag.</param>
public sealed record ClassScore(double BitsPerSpike, double PseudoR2, double P, double AdjustedP, double Alpha, double LagMs, double[] LagBitsPerSpike);
