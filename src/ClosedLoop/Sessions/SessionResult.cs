using System.Text.Json.Serialization;
using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Tetrodes;

namespace ClosedLoop.Sessions;

/// <summary>What a session came to; the <c>--json</c> of <c>replay</c>, <c>demo</c> and <c>live</c>.</summary>
public sealed record SessionResult
{
    /// <summary>Control ticks.</summary>
    public required long Frames { get; init; }

    /// <summary>Duration in the animal's time, seconds.</summary>
    public required double DurationS { get; init; }

    /// <summary>Duration on the wall, seconds, from the first wait for keypoints to the last control step.</summary>
    public required double WallS { get; init; }

    /// <summary>Whether it was ended by a person.</summary>
    public required bool Stopped { get; init; }

    /// <summary>The registration.</summary>
    public required RegistrationResult Registration { get; init; }

    /// <summary>The imitation.</summary>
    public required ImitationResult Imitation { get; init; }

    /// <summary>Percentiles per stage.</summary>
    public required IReadOnlyDictionary<string, LatencyResult> LatencyMs { get; init; }

    /// <summary>Items dropped per queue.</summary>
    public required IReadOnlyDictionary<string, long> Dropped { get; init; }

    /// <summary>What was seen by the cameras; null where the keypoints came without images.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VisionResult? Vision { get; init; }

    /// <summary>What was sorted of the tetrodes; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TetrodeResult? Tetrodes { get; init; }

    /// <summary>Which units follow the network and which the movement; null where nothing was compared.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ComparisonResult? Comparison { get; init; }

    /// <summary>How often what was noticed of which camera.</summary>
    public IReadOnlyDictionary<string, long> CameraFindings { get; init; } = new Dictionary<string, long>();

    /// <summary>Ticks of a live session that had no new keypoint set.</summary>
    public required long MissedTicks { get; init; }

    /// <summary>Ticks of a live session that used a set that was late for its own.</summary>
    public required long LateTicks { get; init; }

    /// <summary>How often a live source was silent for more than a second.</summary>
    public long Stalls { get; init; }

    /// <summary>The longest silence of a live source, seconds.</summary>
    public double LongestSilenceS { get; init; }

    /// <summary>Bytes that the control thread allocated per frame after warming up.</summary>
    public required double AllocatedBytesPerFrame { get; init; }

    /// <summary>Where the recording is; null where none was made.</summary>
    public string? Recording { get; init; }

    /// <summary>Where the picture is; null where none was made.</summary>
    public string? Picture { get; init; }

    /// <summary>SHA-256 over the pose and control streams.</summary>
    public required string Digest { get; init; }

    /// <summary>How far a replay agrees with its recording; null where nothing was replayed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReproductionResult? Reproduction { get; init; }

    /// <summary>How far spikes and counts of a replay agree with its recording; null where none were sorted again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortingReproductionResult? SortingReproduction { get; init; }

    /// <summary>How far the scores of a replay agree with its recording; null where none were found again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ComparisonReproductionResult? ComparisonReproduction { get; init; }

    /// <summary>What a person should know of the input and the body.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    internal static SessionResult Of(Session session, SessionInput input, long wallNs, bool stopped, string? recording)
    {
        var statistics = session.Statistics;
        var rodent = session.Rodent;
        var latencies = session.Latencies();
        var registration = latencies[0];
        var stream = input.Watch?.Look(SessionTime.Zero);
        return new()
        {
            Frames = statistics.Frames,
            DurationS = statistics.Frames / session.Setup.Configuration.RateHz,
            WallS = Math.Max(0, wallNs) / 1e9,
            Stopped = stopped,
            Registration = new(
                statistics.MarkerError.MeanMm, statistics.MarkerError.QuantileMm(0.95), registration.P50Ms, registration.P99Ms,
                statistics.PoseFlagCounts.Where(pair => pair.Value > 0).ToDictionary(pair => pair.Key.ToString(), pair => pair.Value)),
            Imitation = new()
            {
                Controller = session.Setup.Controller.Name,
                ReferenceMode = session.Setup.Configuration.Rodent.ReferenceMode,
                Forecaster = session.Setup.Forecaster?.Name,
                MedianTotalErrorMm = statistics.TotalError.QuantileMm(0.5),
                MedianRootErrorMm = statistics.RootError.QuantileMm(0.5),
                Resets = rodent.Resets,
                ResetsLeftReference = rodent.ResetsLeftReference,
                ResetsFallen = rodent.ResetsFallen,
                ResetsUnstable = rodent.ResetsUnstable,
            },
            LatencyMs = latencies.ToDictionary(l => l.Stage, LatencyResult.Of),
            Dropped = session.Queues().ToDictionary(q => q.Name, q => q.Dropped),
            Vision = input.Vision is { } vision
                ? new(vision.Sets, vision.Queue.Dropped, vision.IncompleteSets, vision.SetsWithoutAnimal, vision.Device)
                : null,
            MissedTicks = input.MissedTicks,
            LateTicks = input.LateTicks,
            Stalls = stream?.Stalls ?? 0,
            LongestSilenceS = stream?.LongestSilenceS ?? 0,
            AllocatedBytesPerFrame = statistics.AllocatedBytesPerFrame,
            Recording = recording,
            Digest = statistics.Digest(),
        };
    }
}
