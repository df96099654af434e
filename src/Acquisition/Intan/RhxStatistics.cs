using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>What has happened on the way from Intan RHX, beside the samples themselves (<see cref="ISampleSource.Ledger"/>).</summary>
/// <param name="State">How the connection stands.</param>
/// <param name="Reconnections">How often it was lost and made anew.</param>
/// <param name="Stalls">How often nothing came for longer than a stall.</param>
/// <param name="Restarts">How often the device began to count its samples anew. Between two counts nothing says how many samples are missing.</param>
/// <param name="Resynchronisations">How often bytes came that were no block.</param>
/// <param name="SkippedBytes">How many such bytes, with the beginnings of blocks that were cut off.</param>
/// <param name="Blocks">The queue of blocks; its drops are blocks that were not read in time.</param>
/// <param name="SpikesReceived">Spikes that came.</param>
/// <param name="SpikesDropped">Spikes that were not read in time.</param>
/// <param name="SpikeBytesSkipped">Bytes on the spike port that were no spike.</param>
/// <param name="Trouble">What went wrong last, in a sentence; empty where nothing did.</param>
public sealed record RhxStatistics(
    RhxState State, long Reconnections, long Stalls, long Restarts, long Resynchronisations, long SkippedBytes, QueueStatistics Blocks,
    long SpikesReceived, long SpikesDropped, long SpikeBytesSkipped, string Trouble);
