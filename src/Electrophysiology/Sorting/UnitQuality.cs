namespace ClosedLoop.Electrophysiology;

/// <summary>How well a unit stands out from its tetrode's other spikes, as of now.</summary>
/// <param name="Tetrode">Index of the tetrode.</param>
/// <param name="Unit">The unit's number on it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Spikes">Spikes so far.</param>
/// <param name="RateHz">Spikes a second, from the first to the last.</param>
/// <param name="PeakMicrovolts">Depth of its mean trough on the wire where it is deepest.</param>
/// <param name="Snr">That over the wire's noise.</param>
/// <param name="IsiViolation">Share of the intervals between its spikes that are shorter than 1.5 ms.</param>
/// <param name="IsolationDistance">
/// Squared Mahalanobis distance from it within which there are as many other spikes as it has (Harris et al. 2001), of
/// the latest 2048 events; NaN where fewer are others than its own.
/// </param>
/// <param name="LRatio">Other spikes that might be its own by their distance, over its own (Schmitzer-Torbert et al. 2005).</param>
/// <param name="Drift">By how much the depth of its trough has changed since it was learnt, relative.</param>
public sealed record UnitQuality(
    int Tetrode, int Unit, UnitState State, long Spikes, double RateHz, double PeakMicrovolts, double Snr, double IsiViolation, double IsolationDistance, double LRatio, double Drift);
