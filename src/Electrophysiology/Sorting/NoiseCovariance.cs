using System.Numerics;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// The covariance of a tetrode's noise over wires and time, from stretches without spikes: what a template is measured
/// against. It depends on the lag between two samples alone, and so a second of silence says nearly all of it. Allocates
/// nothing while it observes.
/// </summary>
public sealed class NoiseCovariance
{
    // A little of the noise's own variance is added as if it were white: what templates do not know of a spike's shape.
    private const double Ridge = 0.03;
    private const int MostStretches = 1000;

    private readonly int _wires, _length, _span, _pause;
    private readonly double[] _products;
    private readonly float[] _stretch;
    private int _held, _wait;

    /// <summary>Makes an estimate that knows nothing yet.</summary>
    /// <param name="wires">Wires of the tetrode.</param>
    /// <param name="length">Samples of a template on one wire.</param>
    /// <param name="rateHz">Samples per second.</param>
    public NoiseCovariance(int wires, int length, double rateHz)
    {
        (_wires, _length, _span, _pause) = (wires, length, 3 * length, (int)(0.03 * rateHz));
        (_products, _stretch) = (new double[wires * wires * length], new float[wires * _span]);
    }

    /// <summary>Stretches that have been entered.</summary>
    public int Stretches { get; private set; }

    /// <summary>Whether there is enough to be sure of.</summary>
    public bool Known => Stretches >= 100;

    /// <summary>Takes note of a block.</summary>
    /// <param name="samples">Filtered samples of all channels, channel by channel.</param>
    /// <param name="count">Samples per channel.</param>
    /// <param name="stride">Numbers from a channel's first sample to the next channel's.</param>
    /// <param name="channels">The tetrode's channels.</param>
    /// <param name="noise">Standard deviation of each channel's noise.</param>
    /// <param name="vetoed">By sample, whether an artefact covers it. Empty: none does.</param>
    public void Observe(ReadOnlySpan<float> samples, int count, int stride, ReadOnlySpan<int> channels, ReadOnlySpan<float> noise, ReadOnlySpan<bool> vetoed = default)
    {
        if (Stretches >= MostStretches)
            return;
        for (var t = 0; t < count; t++)
        {
            if (_wait > 0)
            {
                var skipped = Math.Min(_wait, count - t);
                _wait -= skipped;
                t += skipped - 1;
                continue;
            }
            var quiet = vetoed.IsEmpty || !vetoed[t];
            for (var w = 0; w < _wires; w++)
            {
                var x = samples[(channels[w] * stride) + t];
                _stretch[(w * _span) + _held] = x;
                // NB: written so that a NaN or a level not yet known is not quiet.
                quiet &= Math.Abs(x) < 4 * noise[channels[w]];
            }
            if (!quiet)
                (_held, _wait) = (0, _length);
            else if (++_held == _span)
            {
                Enter();
                (_held, _wait) = (0, _pause);
            }
        }
    }

    /// <summary>Forgets a stretch that was begun, as after a gap.</summary>
    public void Break() => _held = 0;

    /// <summary>The metric that the noise makes.</summary>
    public NoiseMetric ToMetric()
    {
        var d = _wires * _length;
        var covariance = new double[d * d];
        var scale = 1.0 / Math.Max(1, Stretches) / (_span - _length + 1);
        for (var w = 0; w < _wires; w++)
            for (var v = 0; v < _wires; v++)
                for (var i = 0; i < _length; i++)
                    for (var j = i; j < _length; j++)
                    {
                        var value = _products[(((w * _wires) + v) * _length) + j - i] * scale;
                        var (a, b) = ((w * _length) + i, (v * _length) + j);
                        covariance[(a * d) + b] = covariance[(b * d) + a] = value;
                    }
        return NoiseMetric.Of(covariance, d, Ridge);
    }

    /// <summary>Adds the products of each sample with those at every lag: first wire earlier, second later.</summary>
    private void Enter()
    {
        Stretches++;
        var n = _span - _length + 1;
        for (var w = 0; w < _wires; w++)
            for (var v = 0; v < _wires; v++)
                for (var lag = 0; lag < _length; lag++)
                {
                    var a = _stretch.AsSpan(w * _span, n);
                    var b = _stretch.AsSpan((v * _span) + lag, n);
                    var sum = Vector<float>.Zero;
                    var t = 0;
                    for (; t + Vector<float>.Count <= n; t += Vector<float>.Count)
                        sum += new Vector<float>(a[t..]) * new Vector<float>(b[t..]);
                    var rest = Vector.Sum(sum);
                    for (; t < n; t++)
                        rest += a[t] * b[t];
                    _products[(((w * _wires) + v) * _length) + lag] += rest;
                }
    }
}
