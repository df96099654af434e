namespace ClosedLoop.Core;

/// <summary>A channel of an electrophysiology device.</summary>
/// <param name="Name">As the device calls it.</param>
/// <param name="UnitsPerCount">What one count is, in <paramref name="Unit"/>.</param>
/// <param name="Unit">uV of an electrode, V of an analog input; empty where counts are what they are, as of a digital word.</param>
public sealed record SampleChannel(string Name, double UnitsPerCount, string Unit);
