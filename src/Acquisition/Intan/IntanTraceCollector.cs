namespace ClosedLoop.Acquisition;

/// <summary>Gathers the values of analog signals as they are read.</summary>
/// <param name="channels">The channels.</param>
/// <param name="scale">What a count is, and which is 0 V.</param>
/// <param name="every">Every so many values are kept.</param>
internal sealed class IntanTraceCollector(IReadOnlyList<IntanChannel> channels, (double VoltsPerCount, int Zero) scale, int every)
{
    private readonly List<long> _samples = [];
    private readonly List<float>[] _volts = [.. channels.Select(_ => new List<float>())];
    private long _taken;

    public int Channels => _volts.Length;

    /// <summary>Takes the values of all channels at a sample.</summary>
    public void Take(long sample, ReadOnlySpan<ushort> row)
    {
        if (_taken++ % every != 0)
            return;
        _samples.Add(sample);
        for (var channel = 0; channel < row.Length; channel++)
            _volts[channel].Add((float)((row[channel] - scale.Zero) * scale.VoltsPerCount));
    }

    /// <summary>What was taken.</summary>
    /// <param name="rateHz">Values a second that were offered.</param>
    public IntanTraces Traces(double rateHz) => new(channels, rateHz / every, _samples, [.. _volts.Select(values => values.ToArray())]);
}
