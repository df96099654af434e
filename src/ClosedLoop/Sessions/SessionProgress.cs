using System.Text.Json.Serialization;
using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Tetrodes;

namespace ClosedLoop.Sessions;

/// <summary>How a session stands at one moment; also a line of telemetry in its recording.</summary>
/// <param name="Time">Session time.</param>
/// <param name="Frames">Control ticks so far.</param>
/// <param name="MedianMarkerErrorMm">Median marker error so far.</param>
/// <param name="MedianTotalErrorMm">Median error of the imitation so far.</param>
/// <param name="Resets">How often the virtual rodent was put back.</param>
/// <param name="MissedTicks">Ticks without a new keypoint set.</param>
/// <param name="LateTicks">Ticks that used a set that was late for its own.</param>
/// <param name="Queues">Every queue.</param>
/// <param name="Latencies">Every stage.</param>
public sealed record SessionProgress(
    SessionTime Time, long Frames, double MedianMarkerErrorMm, double MedianTotalErrorMm, long Resets, long MissedTicks, long LateTicks,
    IReadOnlyList<QueueStatistics> Queues, IReadOnlyList<LatencySummary> Latencies)
{
    /// <summary>The source's stream of keypoints; null where it is not live.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StreamStatistics? Stream { get; init; }

    /// <summary>The recording; null where nothing is recorded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RecordingProgress? Recording { get; init; }

    /// <summary>The tetrodes; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TetrodeProgress? Tetrodes { get; init; }

    /// <summary>What is compared, as of the last scores; null where nothing is, and before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ComparisonProgress? Comparison { get; init; }

    /// <summary>What has gone wrong or come right since the last look, a sentence to be shown loudly; null where nothing has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Alarm { get; init; }
}
