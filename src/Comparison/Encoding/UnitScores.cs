namespace ClosedLoop.Comparison;

/// <summary>How well each class of features predicts one unit.</summary>
/// <param name="Unit">Its name.</param>
/// <param name="RateHz">Its mean rate.</param>
/// <param name="Classes">In the order of the classes.</param>
/// <param name="Leading">Index of the class that predicts it best; -1: the unit was not judged.</param>
/// <param name="IsPredicted">Whether that one predicts it significantly.</param>
public sealed record UnitScores(string Unit, double RateHz, IReadOnlyList<ClassScore> Classes, int Leading, bool IsPredicted);
