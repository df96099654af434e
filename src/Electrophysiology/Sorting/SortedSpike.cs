namespace ClosedLoop.Electrophysiology;

/// <summary>A spike and the unit that it is of.</summary>
/// <param name="Tetrode">Index of the tetrode.</param>
/// <param name="Unit">The unit's number on that tetrode, from 1; 0: a spike that no unit's template fits.</param>
/// <param name="Sample">The device's number of the sample at the trough, between two where the spike lies between them.</param>
/// <param name="AmplitudeMicrovolts">Depth of the trough on the wire where it is deepest.</param>
/// <param name="Late">Whether it waited for its unit to be learnt: no control step can count it.</param>
public readonly record struct SortedSpike(int Tetrode, int Unit, double Sample, float AmplitudeMicrovolts, bool Late);
