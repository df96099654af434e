using ClosedLoop.Sessions;

namespace ClosedLoop.Sorting;

/// <summary>What sorting tetrodes takes.</summary>
/// <param name="Tetrodes">Simulated tetrodes.</param>
/// <param name="Channels">Their channels.</param>
/// <param name="RateHz">Samples per second and channel.</param>
/// <param name="BlockSamples">Samples per channel of a block.</param>
/// <param name="SimulatedS">Signal that was sorted as fast as possible, seconds.</param>
/// <param name="ProcessorS">What all threads used for that, simulating left out: one core would have been busy for so long. Learning is in it as it happened.</param>
/// <param name="SortingThreadS">The part of it that the thread of the chain used.</param>
/// <param name="RealtimeFactor">Seconds of signal for each second of one core.</param>
/// <param name="LearntRealtimeFactor">The same of the chain's own thread, once all units were learnt.</param>
/// <param name="Units">Units at the end.</param>
/// <param name="Learnings">Searches for new units that were begun and ended once all units were learnt.</param>
/// <param name="AllocatedBytesPerBlock">Bytes that the chain's thread allocated per block once all units were learnt, in the blocks in which no search for new units began or ended.</param>
/// <param name="AllocatedBytesPerLearning">Bytes that it allocated for a beginning or end of a search.</param>
/// <param name="Memory">Memory after the units were learnt, and at the end.</param>
/// <param name="PacedS">Signal that was sorted at real-time pace after that, seconds.</param>
/// <param name="SpikeLatencyMs">At real-time pace: from when a spike's sample was taken to when the sorted spike was given out.</param>
/// <param name="BlockMs">At real-time pace: what a block took.</param>
internal sealed record SortingBenchResult(
    int Tetrodes, int Channels, double RateHz, int BlockSamples, double SimulatedS, double ProcessorS, double SortingThreadS, double RealtimeFactor, double LearntRealtimeFactor,
    int Units, int Learnings, double AllocatedBytesPerBlock, double AllocatedBytesPerLearning, SortingMemory Memory, double PacedS, LatencyResult SpikeLatencyMs, LatencyResult BlockMs)
{
    /// <summary>What is asked: seconds of signal a second of one core, and within what 99 % of the spikes are given out.</summary>
    public const double LeastRealtimeFactor = 20, MostLatencyMs = 10;

    /// <summary>Whether all is as it is asked.</summary>
    public bool IsWithin => RealtimeFactor >= LeastRealtimeFactor && SpikeLatencyMs.P99 <= MostLatencyMs && AllocatedBytesPerBlock == 0 && Memory.IsFlat;

    /// <summary>The result for a person, line by line.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"{Channels} channels of {Tetrodes} simulated tetrodes, sorted into {Units} units: {SimulatedS / 60:F1} minutes in {ProcessorS:F1} s of one core, {RealtimeFactor:F1} times real time with learning (the aim is {LeastRealtimeFactor:F0} at least); learnt, {LearntRealtimeFactor:F1} times";
        foreach (var (what, latency) in new[] { ("sample to spike", SpikeLatencyMs), ("a block", BlockMs) })
            yield return $"  {what,-20} p50 {latency.P50,7:F3}   p99 {latency.P99,7:F3}   p99.9 {latency.P999,7:F3}   max {latency.Max,7:F3} ms";
        yield return $"  at real-time pace for {PacedS:F0} s, blocks of {BlockSamples / RateHz * 1000:F1} ms (the aim is a p99 of {MostLatencyMs:F0} ms at most from a sample to its spike)";
        yield return $"  {AllocatedBytesPerBlock:F1} bytes allocated per block; {AllocatedBytesPerLearning / 1000:F1} kB for each of {Learnings} beginnings and ends of searches for new units";
        yield return $"  memory from {Memory.FromMinute:F1} to {Memory.ToMinute:F1} minutes: managed {Memory.ManagedMib:F1} to {Memory.LastManagedMib:F1} MiB, the whole process {Memory.ResidentMib:F1} to {Memory.LastResidentMib:F1} MiB{(Memory.IsFlat ? "" : " (it grew)")}";
    }
}
