namespace ClosedLoop.Acquisition;

/// <summary>Analog signals beside the electrodes of an Intan recording, in volts.</summary>
/// <param name="Channels">The channels.</param>
/// <param name="RateHz">Values a second, where none are missing. NB: in recordings of several files a slower signal's values are repeated to the rate of the electrodes.</param>
/// <param name="Samples">The device's number of the electrodes' sample at each value.</param>
/// <param name="Volts">By channel, the values.</param>
public sealed record IntanTraces(IReadOnlyList<IntanChannel> Channels, double RateHz, IReadOnlyList<long> Samples, IReadOnlyList<float[]> Volts);
