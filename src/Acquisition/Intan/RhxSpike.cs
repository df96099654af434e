using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>A spike that Intan RHX itself detected by a threshold.</summary>
/// <param name="Channel">Index of its channel among the source's; <see cref="RecordStamp.None"/> where the channel is not one of them.</param>
/// <param name="Sample">The device's number of its sample, on the count of <see cref="SampleBlock.Stamp"/>.</param>
/// <param name="Class">RHX's own classes: 1, 2, 4, 8 for its types 1 to 4, 64 unclassified, 128 likely an artefact.</param>
/// <param name="Arrived">Session time at which it came.</param>
public readonly record struct RhxSpike(int Channel, long Sample, byte Class, SessionTime Arrived);
