using ClosedLoop.Core;

namespace ClosedLoop.Tracking;

/// <summary>What <c>track</c> found, as its summary and <c>--json</c> say it.</summary>
public sealed record TrackResult
{
    /// <summary>Sets of images that were looked at.</summary>
    public required int Sets { get; init; }

    /// <summary>Sets that lacked at least one image.</summary>
    public required int IncompleteSets { get; init; }

    /// <summary>Sets in which no animal was seen.</summary>
    public required int SetsWithoutAnimal { get; init; }

    /// <summary>Share of all keypoints in all sets that were found.</summary>
    public required double Found { get; init; }

    /// <summary>Sets a second, reading and writing included.</summary>
    public required double SetsPerS { get; init; }

    /// <summary>Median distance to the truth, millimetres; NaN where there is none.</summary>
    public required double MedianErrorMm { get; init; }

    /// <summary>95th percentile of that.</summary>
    public required double P95ErrorMm { get; init; }

    /// <summary>Sets that the truth has a frame for.</summary>
    public required int ComparedSets { get; init; }

    /// <summary>Median reprojection error, pixels; NaN for a model that looks at no single view.</summary>
    public required double MedianReprojectionPx { get; init; }

    /// <summary>What the networks really ran on.</summary>
    public required string Device { get; init; }

    /// <summary>The model folder.</summary>
    public required string Model { get; init; }

    /// <summary>The cameras, in the order of their views.</summary>
    public required IReadOnlyList<string> Cameras { get; init; }

    /// <summary>Each keypoint by itself.</summary>
    public required IReadOnlyList<KeypointScore> PerKeypoint { get; init; }

    /// <summary>How long each part of the estimation took, in the order of the work.</summary>
    public required IReadOnlyList<LatencySummary> LatencyMs { get; init; }

    /// <summary>Delay of the temporal filter for a keypoint at rest, milliseconds; null where it was off.</summary>
    public double? FilterDelayMs { get; init; }

    /// <summary>Remarks, for a person.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Whether it was stopped before the videos' end.</summary>
    public required bool Stopped { get; init; }

    /// <summary>The keypoint file.</summary>
    public required string Output { get; init; }

    /// <summary>The overlay video; null where none was asked for.</summary>
    public string? Overlay { get; init; }
}
