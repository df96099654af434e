using System.Text.Json.Serialization;
using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Comparing;

/// <summary>What predicts a unit, at a session's end.</summary>
public sealed record UnitComparison
{
    /// <summary>Confidence from which on a unit is said to be predicted.</summary>
    public const double LeastConfidence = 0.95;

    /// <summary>Confidence from which on it is said of a predicted unit which of the two it follows, network or movement.</summary>
    public const double LeastKindConfidence = 0.9;

    /// <summary>Its place in the counts.</summary>
    public required int Index { get; init; }

    /// <summary>Index of its tetrode; -1 where it is not known.</summary>
    public required int Tetrode { get; init; }

    /// <summary>Its number on it.</summary>
    public required int Unit { get; init; }

    /// <summary>The class that predicts it best; empty: nothing has been judged.</summary>
    public required string Leading { get; init; }

    /// <summary>What that class stands for: computational or representational.</summary>
    public required string Kind { get; init; }

    /// <summary>Whether it predicts the unit better than its mean rate with <see cref="LeastConfidence"/>.</summary>
    public required bool IsPredicted { get; init; }

    /// <summary>What it follows by that, as far as the two can be told apart.</summary>
    public required FollowedKind Follows { get; init; }

    /// <summary>By how much, over the session.</summary>
    public required double BitsPerSpike { get; init; }

    /// <summary>The same, lately.</summary>
    public required double RollingBitsPerSpike { get; init; }

    /// <summary>The lag at which it does best.</summary>
    public required double LagMs { get; init; }

    /// <summary>Probability that it predicts better than the mean rate.</summary>
    public required double PredictiveConfidence { get; init; }

    /// <summary>Probability that it predicts better than the class that comes second.</summary>
    public required double FirstConfidence { get; init; }

    /// <summary>Probability that it predicts better than the best class of the other kind.</summary>
    public required double KindConfidence { get; init; }

    /// <summary>The planted neuron that it is; 0: none, or not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Planted { get; init; }

    /// <summary>What that neuron follows by the plan: a class of features, or none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PlannedClass { get; init; }

    /// <summary>At which lag.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PlannedLagMs { get; init; }

    internal static FollowedKind KindOf(ComparisonLayout layout, ComparisonScores scores, int unit)
    {
        if (scores.Leading[unit] < 0 || !(scores.BitsPerSpike[unit] > 0 && scores.IsPredictive[unit] >= LeastConfidence))
            return FollowedKind.Nothing;
        if (!(scores.IsOfItsKind[unit] >= LeastKindConfidence))
            return FollowedKind.Either;
        return layout.Classes[scores.Leading[unit]].Kind.Equals(nameof(FeatureKind.Computational), StringComparison.OrdinalIgnoreCase) ? FollowedKind.Network : FollowedKind.Movement;
    }
}
