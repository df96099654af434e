namespace ClosedLoop.Tracking;

/// <summary>How a model fared on a training set, as the summary of <c>evaluate</c> and <c>--json</c> say it.</summary>
public sealed record TrainingSetScores
{
    /// <summary>Sets that were estimated.</summary>
    public required int Sets { get; init; }

    /// <summary>Sets with an animal that was not seen.</summary>
    public required int Missed { get; init; }

    /// <summary>Sets without an animal in which one was seen.</summary>
    public required int Ghosts { get; init; }

    /// <summary>Median distance to the truth over all keypoints that were found, millimetres.</summary>
    public required double MedianErrorMm { get; init; }

    /// <summary>95th percentile of that.</summary>
    public required double P95ErrorMm { get; init; }

    /// <summary>What the networks really ran on.</summary>
    public required string Device { get; init; }

    /// <summary>The model folder.</summary>
    public required string Model { get; init; }

    /// <summary>Each keypoint by itself.</summary>
    public required IReadOnlyList<KeypointScore> PerKeypoint { get; init; }

    /// <summary>Each behaviour by itself.</summary>
    public required IReadOnlyList<BehaviourScore> PerBehaviour { get; init; }
}
