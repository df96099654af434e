namespace ClosedLoop.Comparison;

/// <summary>What is known of a unit so far.</summary>
/// <param name="Leading">Index of the class that has predicted it best; -1: nothing has been judged yet.</param>
/// <param name="BitsPerSpike">Of that class, against the running mean rate, over the session.</param>
/// <param name="RollingBitsPerSpike">The same, over the last while.</param>
/// <param name="LagMs">The lag that has done best.</param>
/// <param name="IsPredictive">Probability that it predicts better than the running mean rate, from the scatter of blocks.</param>
/// <param name="IsFirst">Probability that it predicts better than the class that comes second; 1 where there is but one.</param>
public readonly record struct OnlineScore(int Leading, double BitsPerSpike, double RollingBitsPerSpike, double LagMs, double IsPredictive, double IsFirst);
