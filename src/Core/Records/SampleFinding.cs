namespace ClosedLoop.Core;

/// <summary>Something that was noticed of a stream of samples.</summary>
/// <param name="Time">Session time at which it was noticed.</param>
/// <param name="Kind">What it was.</param>
/// <param name="FirstSample">The device's number of the first sample concerned.</param>
/// <param name="Samples">How many samples of each channel; 0 where nobody knows.</param>
/// <param name="FirstBlock">Sequence of the first block that was not sorted, or of the block at which it showed.</param>
/// <param name="Blocks">How many blocks were not sorted.</param>
/// <param name="Sentence">What a person is told.</param>
public readonly record struct SampleFinding(
    SessionTime Time, SampleFindingKind Kind, long FirstSample, long Samples, long FirstBlock, long Blocks, string Sentence);
