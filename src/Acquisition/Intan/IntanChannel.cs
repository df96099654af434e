namespace ClosedLoop.Acquisition;

/// <summary>A channel that an Intan system recorded.</summary>
/// <param name="NativeName">As the system calls it: A-000, DIGITAL-IN-01.</param>
/// <param name="CustomName">As its user called it.</param>
/// <param name="Signal">What it is.</param>
/// <param name="NativeOrder">Its place among the channels of its port; of a digital line, its bit in the digital word.</param>
public sealed record IntanChannel(string NativeName, string CustomName, IntanSignal Signal, int NativeOrder);
