using System.Text.Json.Serialization;
using ClosedLoop.Core;

namespace ClosedLoop.Tetrodes;

/// <summary>What a session's tetrodes came to.</summary>
public sealed record TetrodeResult
{
    /// <summary>Where the samples came from.</summary>
    public required string Source { get; init; }

    /// <summary>Tetrodes.</summary>
    public required int Tetrodes { get; init; }

    /// <summary>Channels of a sample.</summary>
    public required int Channels { get; init; }

    /// <summary>Samples per second and channel.</summary>
    public required double RateHz { get; init; }

    /// <summary>Samples per channel that came.</summary>
    public required long Samples { get; init; }

    /// <summary>Samples per channel that by the device's numbers did not come.</summary>
    public required long SamplesLost { get; init; }

    /// <summary>In how many places they are missing.</summary>
    public required long Gaps { get; init; }

    /// <summary>Blocks that sorting had no time for.</summary>
    public required long BlocksUnsorted { get; init; }

    /// <summary>How often nothing came for more than a second.</summary>
    public required long Stalls { get; init; }

    /// <summary>What ended the samples before the session; null where nothing did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Ended { get; init; }

    /// <summary>Spikes of units.</summary>
    public required long Spikes { get; init; }

    /// <summary>Of <see cref="Spikes"/>, those that waited for their unit to be learnt: no bin counts them.</summary>
    public required long SpikesLate { get; init; }

    /// <summary>Spikes that no unit explains.</summary>
    public required long SpikesUnexplained { get; init; }

    /// <summary>Spikes under artefacts.</summary>
    public required long SpikesVetoed { get; init; }

    /// <summary>Width of a bin, seconds.</summary>
    public required double BinWidthS { get; init; }

    /// <summary>Bins that were given out, one a beat.</summary>
    public required long Bins { get; init; }

    /// <summary>Of these, those that counted while units were still learnt, over a gap, or unsorted.</summary>
    public required long FlaggedBins { get; init; }

    /// <summary>Share of real time that sorting took.</summary>
    public required double Load { get; init; }

    /// <summary>Standard deviation of each channel's noise.</summary>
    public required IReadOnlyList<double> NoiseMicrovolts { get; init; }

    /// <summary>How samples were placed on the session's clock.</summary>
    public required SampleClockResult Clock { get; init; }

    /// <summary>The units at the end.</summary>
    public required IReadOnlyList<TetrodeUnitResult> Units { get; init; }
}

/// <summary>How a device's samples were placed on the session's clock.</summary>
/// <param name="Synchronised">Whether by sync pulses; otherwise by the arrival of blocks, in which their way stays.</param>
/// <param name="OffsetS">Session time of the device's sample 0, seconds.</param>
/// <param name="DriftPpm">By how much the device's clock runs slow, parts per million.</param>
/// <param name="ResidualMs">Root mean square of what the fit leaves over, milliseconds.</param>
public sealed record SampleClockResult(bool Synchronised, double OffsetS, double DriftPpm, double ResidualMs)
{
    /// <summary>Sync pulses that were matched with triggers of the cameras.</summary>
    public long Pulses { get; init; }

    /// <summary>Triggers between these for which there was no pulse.</summary>
    public long PulsesMissed { get; init; }

    /// <summary>Pulses for which there was no trigger.</summary>
    public long PulsesSurplus { get; init; }
}

/// <summary>A unit at a session's end.</summary>
/// <param name="Tetrode">Index of its tetrode.</param>
/// <param name="Id">Its number on it.</param>
/// <param name="State">learnt, born or lost.</param>
/// <param name="Spikes">Its spikes.</param>
/// <param name="RateHz">Spikes a second.</param>
/// <param name="Snr">Depth of its trough over the noise.</param>
/// <param name="IsiViolation">Share of intervals shorter than 1.5 ms.</param>
/// <param name="IsolationDistance">Isolation distance; NaN where it is not known.</param>
/// <param name="LRatio">L-ratio.</param>
/// <param name="Drift">By how much the depth of its trough has changed, relative.</param>
public sealed record TetrodeUnitResult(
    int Tetrode, int Id, string State, long Spikes, double RateHz, double Snr, double IsiViolation, double IsolationDistance, double LRatio, double Drift)
{
    internal static TetrodeUnitResult Of(SortedUnit unit) =>
        new(unit.Tetrode, unit.Unit, unit.State, unit.Spikes, unit.RateHz, unit.Snr, unit.IsiViolation, unit.IsolationDistance, unit.LRatio, unit.Drift);
}
