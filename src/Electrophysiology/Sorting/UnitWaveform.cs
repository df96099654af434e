namespace ClosedLoop.Electrophysiology;

/// <summary>What a unit's spikes look like.</summary>
/// <param name="Tetrode">Index of the tetrode.</param>
/// <param name="Unit">The unit's number on it.</param>
/// <param name="Wires">Wires of the tetrode.</param>
/// <param name="Before">Samples of a wire before the trough.</param>
/// <param name="Spikes">Recent spikes, each alone in its window, that this is of; 0: none was, and it is the unit's template.</param>
/// <param name="MeanMicrovolts">Mean waveform, wire by wire.</param>
/// <param name="SpreadMicrovolts">Standard deviation about it, noise included; 0 where it is a template.</param>
public sealed record UnitWaveform(int Tetrode, int Unit, int Wires, int Before, int Spikes, float[] MeanMicrovolts, float[] SpreadMicrovolts);
