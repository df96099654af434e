namespace ClosedLoop.Electrophysiology;

/// <summary>
/// The noise of each channel: the median of what it is without its sign, over 0.6745 (Quiroga et al. 2004), which spikes
/// hardly raise. Follows slow drift: every half second's samples give a median, and the level goes a share of the way to it.
/// Allocates nothing after construction.
/// </summary>
public sealed class NoiseLevel
{
    // Samples of a channel that a median is taken of.
    private const int Window = 255;

    private readonly float[] _levels, _seen, _work;
    private readonly int _channels, _every;
    private readonly double _share;
    private int _held, _wait;

    /// <summary>Makes an estimate that knows nothing yet.</summary>
    /// <param name="channels">Number of channels.</param>
    /// <param name="rateHz">Samples per second.</param>
    /// <param name="timeConstantS">Seconds in which the level goes most of the way to a new one.</param>
    public NoiseLevel(int channels, double rateHz, double timeConstantS = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(timeConstantS);
        const double WindowS = 0.5;
        _channels = channels;
        // NB: neighbouring samples of a filtered signal say the same; those some way apart say more.
        _every = Math.Max(1, (int)(WindowS * rateHz / Window));
        _share = 1 - Math.Exp(-Window * _every / rateHz / timeConstantS);
        (_levels, _seen, _work) = (new float[channels], new float[channels * Window], new float[Window]);
        Array.Fill(_levels, float.NaN);
    }

    /// <summary>Standard deviation of each channel's noise, in the unit of the samples; NaN until half a second has been seen.</summary>
    public ReadOnlySpan<float> Levels => _levels;

    /// <summary>Whether there is a level for every channel.</summary>
    public bool Known => !float.IsNaN(_levels[0]);

    /// <summary>Takes note of a block.</summary>
    /// <param name="samples">Filtered samples, channel by channel.</param>
    /// <param name="count">Samples per channel.</param>
    /// <param name="stride">Numbers from a channel's first sample to the next channel's.</param>
    /// <param name="vetoed">By sample, whether an artefact covers it: it is left out. Empty: none is.</param>
    public void Observe(ReadOnlySpan<float> samples, int count, int stride, ReadOnlySpan<bool> vetoed = default)
    {
        for (var t = 0; t < count; t++)
        {
            if (_wait-- > 0)
                continue;
            if (!vetoed.IsEmpty && vetoed[t])
            {
                _wait = 0;
                continue;
            }
            _wait = _every - 1;
            for (var c = 0; c < _channels; c++)
                _seen[(c * Window) + _held] = Math.Abs(samples[(c * stride) + t]);
            if (++_held == Window)
                Update();
        }
    }

    private void Update()
    {
        _held = 0;
        for (var c = 0; c < _channels; c++)
        {
            _seen.AsSpan(c * Window, Window).CopyTo(_work);
            var level = Selection.Median(_work) / 0.6745f;
            _levels[c] = float.IsNaN(_levels[c]) ? level : _levels[c] + (float)(_share * (level - _levels[c]));
        }
    }
}
