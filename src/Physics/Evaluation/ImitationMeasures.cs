using System.Text.Json.Serialization;

namespace ClosedLoop.Physics;

/// <summary>
/// How well a controller imitated over many episodes. Medians and other quantiles are exact, over all control steps that
/// were made, those of episodes that ended early included; numbers that there are none of are NaN.
/// </summary>
public record ImitationMeasures
{
    /// <summary>Number of episodes.</summary>
    public required int Episodes { get; init; }

    /// <summary>Length of a whole episode, seconds.</summary>
    public required double EpisodeLengthS { get; init; }

    /// <summary>Control steps that were made in all.</summary>
    public required long Steps { get; init; }

    /// <summary>Share of episodes that reached their length.</summary>
    public required double Survival { get; init; }

    /// <summary>Share of episodes that lasted 4 s, the length of the published tables; null where episodes are shorter.</summary>
    [JsonPropertyName("survival_4s")]
    public required double? Survival4S { get; init; }

    /// <summary>How many episodes ended because the body had fallen.</summary>
    public required int EndedFallen { get; init; }

    /// <summary>How many ended because it had left the reference.</summary>
    public required int EndedLeftReference { get; init; }

    /// <summary>How many ended because the physics had become invalid.</summary>
    public required int EndedUnstable { get; init; }

    /// <summary>Median of the mean distance between the body's keypoint sites and the reference's, in the world.</summary>
    public required double MedianTotalErrorMm { get; init; }

    /// <summary>What 90 % of those distances do not exceed.</summary>
    public required double P90TotalErrorMm { get; init; }

    /// <summary>Median of the distance between the roots.</summary>
    public required double MedianRootErrorMm { get; init; }

    /// <summary>Median of the mean distance that is left after moving and turning the sites as a whole onto the reference's.</summary>
    public required double MedianPoseErrorMm { get; init; }

    /// <summary>Mean reward of a control step.</summary>
    public required double Reward { get; init; }

    /// <summary>Mean over episodes of the sum of their rewards; after its end an episode earns nothing.</summary>
    public required double EpisodeReturn { get; init; }

    /// <summary>Mean mechanical power of the actuators, watts.</summary>
    public required double PowerW { get; init; }

    /// <summary>Median time that the controller took for a step.</summary>
    public required double MedianStepMs { get; init; }

    /// <summary>What 99 % of those times do not exceed.</summary>
    public required double P99StepMs { get; init; }

    /// <summary>Share of episodes that lasted longer than each duration.</summary>
    public required IReadOnlyList<SurvivalPoint> SurvivalCurve { get; init; }

    /// <summary>Total error by the time since the episode's start, over the episodes that had lasted until then.</summary>
    public required IReadOnlyList<TimedError> ErrorByTime { get; init; }

    /// <summary>By what the animal did at the frame to be reached; survival by what it did at the start.</summary>
    public required IReadOnlyDictionary<string, BehaviourMeasures> ByBehaviour { get; init; }

    /// <summary>By part of the body.</summary>
    public required IReadOnlyDictionary<string, PartMeasures> ByPart { get; init; }
}
