using System.Text.Json.Serialization;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Simulation;

namespace ClosedLoop.Comparing;

/// <summary>What a session's comparison came to.</summary>
public sealed record ComparisonResult
{
    /// <summary>The classes of features, what each stands for, and how many features it has.</summary>
    public required IReadOnlyList<ComparedClass> Classes { get; init; }

    /// <summary>Bins that were predicted, judged and learned from.</summary>
    public required long Judged { get; init; }

    /// <summary>Bins for which features or counts were missing.</summary>
    public required long Missing { get; init; }

    /// <summary>Poses and counts that the comparison had no time for.</summary>
    public required long Dropped { get; init; }

    /// <summary>By how many bins poses were captured before their beats.</summary>
    public required int DelayBins { get; init; }

    /// <summary>Share of one core that it took of real time.</summary>
    public required double Load { get; init; }

    /// <summary>The units.</summary>
    public required IReadOnlyList<UnitComparison> Units { get; init; }

    /// <summary>Behaviours, and how variable the network was in each.</summary>
    public required IReadOnlyList<ComparedBehaviour> Behaviours { get; init; }

    /// <summary>How far the units agree with what was planted; null where nothing was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlanAgreement? Plan { get; init; }

    internal static ComparisonResult Of(
        ComparisonLayout layout, ComparisonScores scores, BehaviourComparison behaviours, IReadOnlyDictionary<int, (int Tetrode, int Unit)> names, PlantedPlan? plan, double load, long dropped)
    {
        var planned = plan?.Units.ToDictionary(unit => unit.Unit) ?? [];
        var units = Enumerable.Range(0, scores.UnitCount).Select(unit =>
        {
            var (tetrode, number) = names.TryGetValue(unit, out var name) ? name : (-1, 0);
            var leading = scores.Leading[unit];
            var truth = planned.GetValueOrDefault(scores.Planted[unit]);
            return new UnitComparison
            {
                Index = unit,
                Tetrode = tetrode,
                Unit = number,
                Leading = leading < 0 ? "" : layout.Classes[leading].Name,
                Kind = leading < 0 ? "" : layout.Classes[leading].Kind,
                IsPredicted = UnitComparison.KindOf(layout, scores, unit) != FollowedKind.Nothing,
                Follows = UnitComparison.KindOf(layout, scores, unit),
                BitsPerSpike = scores.BitsPerSpike[unit],
                RollingBitsPerSpike = scores.RollingBitsPerSpike[unit],
                LagMs = scores.LagMs[unit],
                PredictiveConfidence = scores.IsPredictive[unit],
                FirstConfidence = scores.IsFirst[unit],
                KindConfidence = scores.IsOfItsKind[unit],
                Planted = scores.Planted[unit],
                PlannedClass = truth?.FollowedClass,
                PlannedLagMs = truth?.FollowedLagMs,
            };
        }).ToArray();
        return new()
        {
            Classes = [.. layout.Classes.Select((of, c) => new ComparedClass(of.Name, of.Kind, of.Size, behaviours.Similarity[c]))],
            Judged = scores.Judged,
            Missing = scores.Missing,
            Dropped = dropped,
            DelayBins = scores.DelayBins,
            Load = load,
            Units = units,
            Behaviours = [.. layout.Behaviours.Select((name, b) => new ComparedBehaviour(name, behaviours.Bins[b], behaviours.Variability[b]))],
            Plan = plan is null ? null : PlanAgreement.Of(plan, units),
        };
    }
}

/// <summary>A class of features that is compared.</summary>
/// <param name="Name">Of the class.</param>
/// <param name="Kind">computational or representational.</param>
/// <param name="Features">How many it has.</param>
/// <param name="Similarity">How alike it tells behaviours apart to the units: whitened unbiased cosine; NaN where that is not known.</param>
public sealed record ComparedClass(string Name, string Kind, int Features, double Similarity);

/// <summary>A behaviour of the session.</summary>
/// <param name="Name">Of the behaviour.</param>
/// <param name="Bins">How many bins it had.</param>
/// <param name="Variability">Mean standard deviation of the network's latent in it; NaN where there is none.</param>
public sealed record ComparedBehaviour(string Name, long Bins, double Variability);
