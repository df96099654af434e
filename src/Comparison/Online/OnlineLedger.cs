namespace ClosedLoop.Comparison;

/// <summary>How one unit's models have done so far, by class, and in blocks, whose scatter tells how sure that is.</summary>
internal sealed class OnlineLedger
{
    /// <summary>Blocks before which their scatter says nothing.</summary>
    public const int LeastBlocks = 6;

    private readonly int _classes, _ridges;
    private readonly ExpertMixture[] _mixtures;
    private readonly double[] _nats, _rolling, _block;
    private readonly Matrix _sums, _squares;
    private double _spikes, _rollingSpikes;
    private int _blocks;

    /// <summary>Makes an empty one.</summary>
    public OnlineLedger(int classes, int lags, int ridges)
    {
        (_classes, _ridges, _sums, _squares) = (classes, ridges, new(classes, classes + 1), new(classes, classes + 1));
        _mixtures = [.. Enumerable.Range(0, classes).Select(_ => new ExpertMixture(lags * ridges))];
        (_nats, _rolling, _block) = (new double[classes], new double[classes], new double[classes + 1]);
    }

    /// <summary>Adds a bin's ratios of one class to the mean rate, in nats: lag by lag, and in each ridge by ridge.</summary>
    public void Add(int c, ReadOnlySpan<double> nats)
    {
        var mixed = _mixtures[c].Take(nats);
        _nats[c] += mixed;
        _rolling[c] += mixed;
        _block[c] += mixed;
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

    /// <summary>Ends a block.</summary>
    public void EndBlock()
    {
        // The last one is the mean rate, whose ratio to itself is 0. NB: differences are drawn together, beyond a nat to their
        // logarithm: a fast unit gains hundreds of nats in a few blocks and some in all others, and its scatter would be those few.
        for (var c = 0; c < _classes; c++)
            for (var other = 0; other <= _classes; other++)
            {
                var better = Math.Asinh(_block[c] - _block[other]);
                _sums[c, other] += better;
                _squares[c, other] += better * better;
            }
        _blocks++;
        Array.Clear(_block);
    }

    /// <summary>The lag at which a class has done best.</summary>
    public int BestLag(int c)
    {
        var nats = _mixtures[c].Nats;
        var best = 0;
        for (var e = 1; e < nats.Length; e++)
            if (nats[e] > nats[best])
                best = e;
        return best / _ridges;
    }

    /// <summary>How a class does.</summary>
    public (double BitsPerSpike, double RollingBitsPerSpike, double LagMs) ReadClass(int c, IReadOnlyList<double> lagsMs) =>
        _spikes == 0
            ? (double.NaN, double.NaN, double.NaN)
            : (PoissonScores.BitsPerSpike(_nats[c], _spikes), PoissonScores.BitsPerSpike(_rolling[c], _rollingSpikes), lagsMs[BestLag(c)]);

    /// <summary>The probability that blocks are better with one class than with another; NaN before there are enough.</summary>
    public double Surpasses(int c, int other) => _blocks < LeastBlocks ? double.NaN : StudentsT.MeanAbove0(_sums[c, other], _squares[c, other], _blocks);

    /// <summary>The probability that blocks are better with a class than with the mean rate; NaN before there are enough.</summary>
    public double Surpasses(int c) => Surpasses(c, _classes);

    /// <summary>What is known so far.</summary>
    public OnlineScore Read(IReadOnlyList<double> lagsMs)
    {
        if (_spikes == 0)
            return new(-1, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);
        var (first, second) = (0, -1);
        for (var c = 1; c < _classes; c++)
        {
            if (_nats[c] > _nats[first])
                (first, second) = (c, first);
            else if (second < 0 || _nats[c] > _nats[second])
                second = c;
        }
        var (bits, rolling, lagMs) = ReadClass(first, lagsMs);
        return new(
            first, bits, rolling, lagMs, Surpasses(first),
            second < 0 ? 1 : Surpasses(first, second));
    }
}
