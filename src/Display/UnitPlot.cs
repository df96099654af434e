namespace ClosedLoop.Display;

/// <summary>A sorted unit as a figure shows it.</summary>
/// <param name="Tetrode">Index of the tetrode.</param>
/// <param name="Unit">The unit's number on it.</param>
/// <param name="SpikeTimesS">When it fired, seconds since the beginning, ascending.</param>
/// <param name="Wires">Wires of the tetrode.</param>
/// <param name="RateHz">Samples per second of the waveforms.</param>
/// <param name="MeanMicrovolts">Mean waveform, wire by wire, as many samples of each.</param>
/// <param name="SpreadMicrovolts">Standard deviation about it, as many numbers.</param>
/// <param name="Snr">Depth of its mean trough over its wire's noise; NaN: not known.</param>
/// <param name="IsiViolation">Share of its intervals that are shorter than 1.5 ms; NaN: not known.</param>
public sealed record UnitPlot(
    int Tetrode, int Unit, IReadOnlyList<double> SpikeTimesS, int Wires, double RateHz, IReadOnlyList<float> MeanMicrovolts, IReadOnlyList<float> SpreadMicrovolts, double Snr, double IsiViolation);
