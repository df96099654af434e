namespace ClosedLoop.Recording;

/// <summary>A sorted unit as a file of NWB keeps it.</summary>
/// <param name="Tetrode">Index of the tetrode.</param>
/// <param name="Unit">The unit's number on it.</param>
/// <param name="SpikeTimesS">When it fired, seconds since the recording's beginning, ascending.</param>
/// <param name="Snr">Depth of its mean trough over its wire's noise.</param>
/// <param name="IsiViolation">Share of its intervals that are shorter than a neuron can be.</param>
/// <param name="IsolationDistance">Harris et al. 2001; NaN where it is not defined.</param>
/// <param name="LRatio">Schmitzer-Torbert et al. 2005.</param>
public sealed record NwbUnit(int Tetrode, int Unit, double[] SpikeTimesS, double Snr, double IsiViolation, double IsolationDistance, double LRatio);
