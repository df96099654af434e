namespace ClosedLoop.Acquisition;

/// <summary>A change of a digital input.</summary>
/// <param name="Sample">The device's number of the sample at which it showed.</param>
/// <param name="Line">Number of the line, as the device counts them.</param>
/// <param name="High">Whether it went high.</param>
public readonly record struct DigitalEdge(long Sample, int Line, bool High);
