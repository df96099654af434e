using ClosedLoop.Core;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// The slow part of what electrodes pick up, the local field potential: a causal low-pass over all channels, of whose
/// output every n-th sample is kept. Samples lie on the grid of the device's own numbers, so that a gap does not shift
/// what comes after it. Allocates nothing after construction.
/// </summary>
public sealed class LfpBranch
{
    private const int Order = 8;

    private readonly FilterBank _filter;
    private readonly float[] _filtered;
    private readonly int _channels, _capacity;
    private long _expected = long.MinValue;

    /// <summary>Makes a branch at rest.</summary>
    /// <param name="unitsPerCount">By channel, what a count is: what comes out is in that unit.</param>
    /// <param name="rateHz">Samples per second that come in.</param>
    /// <param name="blockCapacity">Most samples of a block.</param>
    /// <param name="wantedRateHz">Samples per second that go out, or as near to it as a whole share of the samples comes.</param>
    /// <exception cref="ClosedLoopException">The wanted rate is not below the device's.</exception>
    public LfpBranch(IReadOnlyList<double> unitsPerCount, double rateHz, int blockCapacity, double wantedRateHz = 1000)
    {
        if (!(wantedRateHz > 0 && wantedRateHz <= rateHz / 2))
            throw ClosedLoopException.Usage($"field potentials of {wantedRateHz} samples a second cannot come of {rateHz}; give a rate above 0 and of at most half of that");
        Factor = (int)Math.Round(rateHz / wantedRateHz);
        RateHz = rateHz / Factor;
        CornerHz = 0.3 * RateHz;
        (_channels, _capacity) = (unitsPerCount.Count, blockCapacity);
        // NB: what is left above half of the new rate folds back: eight poles leave a hundredth there, and far less beyond.
        _filter = new(Butterworth.LowPass(Order, CornerHz, rateHz), unitsPerCount);
        _filtered = new float[_channels * blockCapacity];
    }

    /// <summary>Samples that come in for each that goes out.</summary>
    public int Factor { get; }

    /// <summary>Samples per second that go out.</summary>
    public double RateHz { get; }

    /// <summary>Where the low-pass is 3 dB down, Hz.</summary>
    public double CornerHz { get; }

    /// <summary>Most samples per channel that a block gives.</summary>
    public int MostPerBlock => (_capacity / Factor) + 1;

    /// <summary>Filters a block and keeps the samples whose number is a multiple of <see cref="Factor"/>.</summary>
    /// <param name="samples">Counts, sample by sample: all channels of the first, then of the second.</param>
    /// <param name="count">Samples per channel.</param>
    /// <param name="firstSample">The device's number of the first. Where it does not follow the last block, the filter begins at rest.</param>
    /// <param name="lfp">Receives the kept samples, sample by sample: all channels of the first, then of the second.</param>
    /// <returns>How many samples per channel were kept.</returns>
    public int Process(ReadOnlySpan<short> samples, int count, long firstSample, Span<float> lfp)
    {
        if (firstSample != _expected)
            _filter.Reset();
        _expected = firstSample + count;
        _filter.Process(samples, count, _filtered, _capacity);
        var kept = 0;
        for (var t = (int)((Factor - (firstSample % Factor)) % Factor); t < count; t += Factor, kept++)
            for (var c = 0; c < _channels; c++)
                lfp[(kept * _channels) + c] = _filtered[(c * _capacity) + t];
        return kept;
    }
}
