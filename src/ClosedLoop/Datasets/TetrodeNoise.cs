using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Datasets;

/// <summary>The noise of simulated channels from 300 to 6000 Hz, measured on the samples themselves, spikes and all.</summary>
internal sealed class TetrodeNoise
{
    private readonly FilterBank _filter;
    private readonly NoiseLevel _level;
    private readonly float[] _filtered;
    private readonly int _capacity;

    public TetrodeNoise(IReadOnlyList<SampleChannel> channels, double rateHz, int capacity)
    {
        _filter = new(Band(rateHz), [.. channels.Select(channel => channel.UnitsPerCount)]);
        _level = new(channels.Count, rateHz);
        (_filtered, _capacity) = (new float[channels.Count * capacity], capacity);
    }

    /// <summary>Standard deviation by channel, microvolts.</summary>
    public ReadOnlySpan<float> Levels => _level.Levels;

    /// <summary>The band in which spikes are looked for, and their noise.</summary>
    public static Biquad[] Band(double rateHz) => new SortingChainOptions().Band(rateHz);

    public void Observe(SampleBlock block)
    {
        _filter.Process(block.Samples, block.SampleCount, _filtered, _capacity);
        _level.Observe(_filtered, block.SampleCount, _capacity);
    }
}
