using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// Poisson encoding models of every unit from every class of features, learned while a session runs: each bin is predicted
/// before it is learned from, and the predictions are scored against the mean rate so far.
/// </summary>
/// <remarks>
/// A step of natural gradient a bin, w += P x (y - mu) / (m + mu x' P x), with m the unit's mean count and P the inverse of
/// prior and summed squares of the features: the Fisher information of a weakly driven unit is m / P, and all units of a
/// class share it, so that a bin costs each unit two vectors and each class two matrices. The denominator is that of the
/// extended Kalman filter and keeps early steps short. Each class is learned at every lag and with every ridge; their predictions
/// are mixed (<see cref="ExpertMixture"/>), and the mixture is what is scored. Units may come while it learns: their mean rate is that since they
/// came. Fixed memory; allocates nothing after it is made; one thread.
/// </remarks>
public sealed class OnlineEncoding
{
    private readonly OnlineEncodingOptions _options;
    private readonly int[] _lags, _places;
    private readonly OnlineFeatures[] _classes;
    private readonly Matrix[,,] _weights;
    private readonly double[] _nats;
    private readonly OnlineLedger[] _ledgers;
    private readonly double[,] _counts;
    private readonly double[] _spikes;
    private readonly long[] _bins;
    private readonly int _ridges, _experts, _ahead, _kept, _scaleBins, _blockBins;
    private readonly double _keep;
    private long _bin, _judged;
    private int _born;

    /// <summary>Makes models of weight 0.</summary>
    /// <param name="units">Most units.</param>
    /// <param name="classSizes">Number of features of each class, in the order in which they stand in a bin.</param>
    /// <param name="options">How; null: as they are by default.</param>
    /// <exception cref="ClosedLoopException">There is no unit, no class, no lag, or a class without features.</exception>
    public OnlineEncoding(int units, IReadOnlyList<int> classSizes, OnlineEncodingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(classSizes);
        _options = options ?? new();
        if (units < 1 || classSizes.Count == 0 || classSizes.Any(size => size < 1) || _options.LagsMs.Count == 0 || _options.RidgeBinsPerFeature.Count == 0)
            throw ClosedLoopException.Usage($"{units} units, {classSizes.Count} classes of features, {_options.LagsMs.Count} lags and {_options.RidgeBinsPerFeature.Count} ridges: at least one of each is needed, and a feature in every class");
        (Units, Features) = (units, classSizes.Sum());
        _lags = [.. _options.LagsMs.Select(lag => (int)Math.Round(lag / _options.BinMs))];
        _ahead = Math.Max(0, -_lags.Min());
        _kept = _ahead + Math.Max(0, _lags.Max()) + 1;
        _ridges = _options.RidgeBinsPerFeature.Count;
        _classes = [.. classSizes.Select(size => new OnlineFeatures(size, _kept, _options.RidgeBinsPerFeature.Select(bins => bins * size)))];
        _places = [.. classSizes.Select((_, c) => classSizes.Take(c).Sum())];
        _weights = new Matrix[_classes.Length, _lags.Length, _ridges];
        for (var c = 0; c < _classes.Length; c++)
            for (var lag = 0; lag < _lags.Length; lag++)
                for (var ridge = 0; ridge < _ridges; ridge++)
                    _weights[c, lag, ridge] = new(units, _classes[c].Size);
        _experts = _lags.Length * _ridges;
        _nats = new double[units * _experts];
        _ledgers = [.. Enumerable.Range(0, units).Select(_ => new OnlineLedger(_classes.Length, _lags.Length, _ridges))];
        (_counts, _spikes, _bins) = (new double[_kept, units], new double[units], new long[units]);
        _scaleBins = ToBins(_options.ScaleSeconds);
        _blockBins = Math.Max(1, ToBins(_options.BlockSeconds));
        _keep = Math.Exp(-_options.BinMs / 1000 / _options.RollingSeconds);

        int ToBins(double seconds) => (int)Math.Ceiling(seconds * 1000 / _options.BinMs);
    }

    /// <summary>Most units.</summary>
    public int Units { get; }

    /// <summary>Units that have come so far.</summary>
    public int Born => _born;

    /// <summary>Number of features of all classes together.</summary>
    public int Features { get; }

    /// <summary>Bins whose counts have been predicted, judged and learned from.</summary>
    public long Judged => _judged;

    /// <summary>Takes the next bin, and judges the one that all its features are known of by now.</summary>
    /// <param name="counts">One a unit, below 0 where it is not known; more than there can be are not looked at. Units that have no count yet have not come.</param>
    /// <param name="features">Class by class.</param>
    /// <exception cref="ArgumentException">There are too few features.</exception>
    public void Take(ReadOnlySpan<int> counts, ReadOnlySpan<float> features)
    {
        if (features.Length < Features)
            throw new ArgumentException($"{Features} features are needed, and there are {features.Length}", nameof(features));
        _born = Math.Max(_born, Math.Min(counts.Length, Units));
        var bin = _bin++;
        if (bin < _scaleBins)
        {
            for (var c = 0; c < _classes.Length; c++)
                _classes[c].TakeScale(Of(c, features));
            return;
        }
        for (var c = 0; c < _classes.Length; c++)
            _classes[c].Take(bin, Of(c, features));
        for (var unit = 0; unit < Units; unit++)
            _counts[bin % _kept, unit] = unit < counts.Length ? counts[unit] : -1;
        if (bin - _kept + 1 >= _scaleBins)
            Judge(bin - _ahead);
    }

    /// <summary>What is known of a unit so far.</summary>
    public OnlineScore Read(int unit) => _ledgers[unit].Read(_options.LagsMs);

    /// <summary>How well one class predicts a unit at the lag at which it has done best.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="c">The class.</param>
    /// <returns>Over the session and over the last while, in bits a spike, and the lag; NaN before the first spike.</returns>
    public (double BitsPerSpike, double RollingBitsPerSpike, double LagMs) ReadClass(int unit, int c) => _ledgers[unit].ReadClass(c, _options.LagsMs);

    /// <summary>The probability that one class predicts a unit better than another, from the scatter of blocks; NaN before there are enough.</summary>
    public double Surpasses(int unit, int c, int other) => _ledgers[unit].Surpasses(c, other);

    private ReadOnlySpan<float> Of(int c, ReadOnlySpan<float> features) => features.Slice(_places[c], _classes[c].Size - 1);

    private void Judge(long bin)
    {
        for (var c = 0; c < _classes.Length; c++)
        {
            // What an expert does not predict, for its features are missing, it leaves to the mean rate.
            Array.Clear(_nats);
            for (var lag = 0; lag < _lags.Length; lag++)
                if (_classes[c].At(bin - _lags[lag]) is { IsEmpty: false } features)
                    for (var ridge = 0; ridge < _ridges; ridge++)
                        Learn(c, lag, ridge, bin, features);
            for (var unit = 0; unit < _born; unit++)
                if (_counts[bin % _kept, unit] >= 0)
                    _ledgers[unit].Add(c, _nats.AsSpan(unit * _experts, _experts));
        }
        _judged++;
        for (var unit = 0; unit < _born; unit++)
        {
            var count = _counts[bin % _kept, unit];
            if (count < 0)
                continue;
            _spikes[unit] += count;
            _bins[unit]++;
            _ledgers[unit].EndBin(count, _keep);
        }
        if (_judged % _blockBins == 0)
            for (var unit = 0; unit < _born; unit++)
                if (_bins[unit] > 0)
                    _ledgers[unit].EndBlock();
    }

    /// <summary>All units of a class at a lag, with a ridge: predicted, scored, learned.</summary>
    private void Learn(int c, int lag, int ridge, long bin, ReadOnlySpan<double> features)
    {
        var direction = _classes[c].Direction(ridge, features);
        var reach = Vectors.Dot(features, direction);
        for (var unit = 0; unit < _born; unit++)
        {
            var count = _counts[bin % _kept, unit];
            if (count < 0)
                continue;
            // Half a spike that was never there, so that a unit's first one is not a miracle.
            var mean = (_spikes[unit] + 0.5) / (_bins[unit] + 50);
            var weights = _weights[c, lag, ridge].Row(unit);
            var drive = Math.Clamp(Vectors.Dot(weights, features), -8, 8);
            var expected = mean * Math.Exp(drive);
            _nats[(unit * _experts) + (lag * _ridges) + ridge] = (count * drive) - (expected - mean);
            Vectors.AddScaled(weights, (count - expected) / (mean + (expected * reach)), direction);
        }
    }
}
