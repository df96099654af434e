namespace ClosedLoop.Core;

/// <summary>One spike of one unit.</summary>
/// <param name="Tetrode">Index of the tetrode.</param>
/// <param name="Unit">Number of the sorted unit on that tetrode; 0 is the reject class.</param>
/// <param name="Sample">The device's number of the sample at the spike's trough.</param>
/// <param name="Time">Session time of that sample.</param>
public readonly record struct Spike(int Tetrode, int Unit, long Sample, SessionTime Time);
