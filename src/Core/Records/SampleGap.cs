namespace ClosedLoop.Core;

/// <summary>Samples of a device that did not come.</summary>
/// <param name="FirstSample">The device's number of the first that is missing.</param>
/// <param name="Count">How many, on every channel.</param>
/// <param name="Noticed">Session time at which it showed.</param>
public readonly record struct SampleGap(long FirstSample, long Count, SessionTime Noticed);
