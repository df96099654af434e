namespace ClosedLoop.Simulation;

/// <summary>A spike that was planted.</summary>
/// <param name="Unit">The neuron's <see cref="SimulatedUnit.Id"/>.</param>
/// <param name="Tetrode">Index of its tetrode.</param>
/// <param name="Sample">Where its trough is, in the device's numbers of samples, a 32nd of a sample being the finest.</param>
/// <param name="Amplitude">How large it is, relative to the neuron's rested spike at that time.</param>
public readonly record struct PlantedSpike(int Unit, int Tetrode, double Sample, float Amplitude);
