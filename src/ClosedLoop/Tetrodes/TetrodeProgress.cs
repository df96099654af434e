namespace ClosedLoop.Tetrodes;

/// <summary>How the tetrodes of a session stand at one moment.</summary>
/// <param name="Tetrodes">Tetrodes.</param>
/// <param name="Learnt">Of these, those whose units are known and that have told of all that waited for them.</param>
/// <param name="Units">Units now.</param>
/// <param name="Samples">Samples per channel that came.</param>
/// <param name="SamplesLost">Samples per channel that did not.</param>
/// <param name="BlocksUnsorted">Blocks that sorting had no time for.</param>
/// <param name="SpikesPerS">Spikes of units a second lately, those that waited left out.</param>
/// <param name="Load">Share of real time that sorting took lately.</param>
/// <param name="NoiseMicrovolts">Standard deviation of each channel's noise; NaN until half a second has been seen.</param>
/// <param name="Ended">What ended the samples; null while they come.</param>
public sealed record TetrodeProgress(
    int Tetrodes, int Learnt, int Units, long Samples, long SamplesLost, long BlocksUnsorted, double SpikesPerS, double Load, IReadOnlyList<double> NoiseMicrovolts, string? Ended);
