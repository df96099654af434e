using System.Text.Json.Serialization;
using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Sessions;

/// <summary>How well the virtual rodent imitated.</summary>
public sealed record ImitationResult
{
    /// <summary>What drove it.</summary>
    public required string Controller { get; init; }

    /// <summary>Whether it followed behind, or after a forecast.</summary>
    public ReferenceMode ReferenceMode { get; init; }

    /// <summary>What forecast; null in the mode delay.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Forecaster { get; init; }

    /// <summary>Median over frames of the mean distance between its keypoint sites and the reference's.</summary>
    public required double MedianTotalErrorMm { get; init; }

    /// <summary>Median over frames of the distance between its root and the reference's.</summary>
    public required double MedianRootErrorMm { get; init; }

    /// <summary>How often it was put back onto the reference.</summary>
    public required long Resets { get; init; }

    /// <summary>Of these, because it had left the reference.</summary>
    public required long ResetsLeftReference { get; init; }

    /// <summary>Of these, because it had fallen.</summary>
    public required long ResetsFallen { get; init; }

    /// <summary>Of these, because the physics had become invalid.</summary>
    public required long ResetsUnstable { get; init; }

    /// <summary>Number of episodes, where <c>--episodes</c> was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Episodes { get; init; }

    /// <summary>Share of episodes that reached their end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Survival { get; init; }

    /// <summary>All that the episodes say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImitationScore? EpisodeScore { get; init; }
}
