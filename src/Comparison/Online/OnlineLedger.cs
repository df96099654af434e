namespace ClosedLoop.Comparison;

/// <summary>How one unit's models have done so far, by class and lag, and in blocks, whose scatter tells how sure that is.</summary>
internal sealed class OnlineLedger
{
    /// <summary>Blocks before which their scatter says nothing.</summary>
    public const int LeastBlocks = 6;

    private readonly int _classes, _lags;
    private readonly double[] _nats, _rolling, _block, _blockSums, _closed;
    private readonly Matrix _products;
    private double _spikes, _rollingSpikes;
    private int _blocks;

    /// <summary>Makes an empty one.</summary>
    public OnlineLedger(int classes, int lags)
    {
        (_classes, _lags, _products) = (classes, lags, new(classes, classes));
        (_nats, _rolling, _block) = (new double[classes * lags], new double[classes * lags], new double[classes * lags]);
        (_blockSums, _closed) = (new double[classes], new double[classes]);
    }

    /// <summary>Adds a bin's ratio of one class at one lag, in nats.</summary>
    public void Add(int c, int lag, double nats)
    {
        var at = (c * _lags) + lag;
        _nats[at] += nats;
        _rolling[at] += nats;
        _block[at] += nats;
    }

    /// <summary>Ends a bin.</summary>
    /// <param name="spikes">Its spikes.</param>
    /// <param name="keep">What rolling scores keep of themselves from one bin to the next.</param>
    public void EndBin(double spikes, double keep)
    {
        _spikes += spikes;
        _rollingSpikes = (_rollingSpikes * keep) + spikes;
        for (var k = 0; k < _rolling.Length; k++)
            _rolling[k] *= keep;
    }

    /// <summary>Ends a block: each class counts with the lag that has done best so far.</summary>
    public void EndBlock()
    {
        for (var c = 0; c < _classes; c++)
            _closed[c] = _block[(c * _lags) + BestLag(c)];
        for (var c = 0; c < _classes; c++)
        {
            _blockSums[c] += _closed[c];
            Vectors.AddScaled(_products.Row(c), _closed[c], _closed);
        }
        _blocks++;
        Array.Clear(_block);
    }

    /// <summary>Nats of a class at its best lag.</summary>
    public double Nats(int c) => _nats[(c * _lags) + BestLag(c)];

    /// <summary>The lag at which a class has done best.</summary>
    public int BestLag(int c)
    {
        var best = 0;
        for (var lag = 1; lag < _lags; lag++)
            if (_nats[(c * _lags) + lag] > _nats[(c * _lags) + best])
                best = lag;
        return best;
    }

    /// <summary>How a class does at its best lag.</summary>
    public (double BitsPerSpike, double RollingBitsPerSpike, double LagMs) ReadClass(int c, IReadOnlyList<double> lagsMs)
    {
        if (_spikes == 0)
            return (double.NaN, double.NaN, double.NaN);
        var lag = BestLag(c);
        return (PoissonScores.BitsPerSpike(Nats(c), _spikes), PoissonScores.BitsPerSpike(_rolling[(c * _lags) + lag], _rollingSpikes), lagsMs[lag]);
    }

    /// <summary>The probability that blocks are better with one class than with another.</summary>
    public double Surpasses(int c, int other) =>
        Above(_blockSums[c] - _blockSums[other], _products[c, c] + _products[other, other] - (2 * _products[c, other]));

    /// <summary>What is known so far.</summary>
    public OnlineScore Read(IReadOnlyList<double> lagsMs)
    {
        if (_spikes == 0)
            return new(-1, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);
        var (first, second) = (0, -1);
        for (var c = 1; c < _classes; c++)
        {
            if (Nats(c) > Nats(first))
                (first, second) = (c, first);
            else if (second < 0 || Nats(c) > Nats(second))
                second = c;
        }
        var lag = BestLag(first);
        return new(
            first, PoissonScores.BitsPerSpike(Nats(first), _spikes), PoissonScores.BitsPerSpike(_rolling[(first * _lags) + lag], _rollingSpikes), lagsMs[lag],
            Above(_blockSums[first], _products[first, first]),
            second < 0 ? 1 : Surpasses(first, second));
    }

    /// <summary>
    /// The probability that blocks with this sum and sum of squares have a mean above 0, by Student's t, which is brought to a
    /// normal deviate (Wallace 1959): of few blocks the scatter is hardly known.
    /// </summary>
    private double Above(double sum, double squares)
    {
        if (_blocks < LeastBlocks)
            return double.NaN;
        var variance = (squares - (sum * sum / _blocks)) / (_blocks - 1);
        if (!(variance > 0))
            return 0.5;
        var (t, freedom) = (sum / Math.Sqrt(variance * _blocks), _blocks - 1.0);
        return 1 - Gaussian.UpperTail(Math.Sign(t) * ((8 * freedom) + 1) / ((8 * freedom) + 3) * Math.Sqrt(freedom * Math.Log(1 + (t * t / freedom))));
    }
}
