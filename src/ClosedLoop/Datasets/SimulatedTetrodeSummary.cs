namespace ClosedLoop.Datasets;

/// <summary>What a dataset of simulated tetrodes holds.</summary>
/// <param name="Samples">Samples per channel.</param>
/// <param name="Channels">Number of channels.</param>
/// <param name="Units">Planted neurons.</param>
/// <param name="Clear">Those of them with a signal-to-noise ratio of 5 or more.</param>
/// <param name="Spikes">Their spikes.</param>
public sealed record SimulatedTetrodeSummary(long Samples, int Channels, int Units, int Clear, long Spikes);
