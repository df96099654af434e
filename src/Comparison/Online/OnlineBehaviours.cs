namespace ClosedLoop.Comparison;

/// <summary>
/// What units and classes of features make of behaviours, added up while a session runs: mean activity by behaviour in
/// stretches of time that come in turn, from which distances follow that are cross-validated over the stretches, and how
/// variable the network is in each. Fixed memory; a bin allocates nothing; one thread.
/// </summary>
public sealed class OnlineBehaviours
{
    private const int Folds = 4;

    private readonly int _units, _behaviours, _stretchBins, _leastBins;
    private readonly int[] _places, _sizes;
    private readonly double[,,] _sums, _counted;
    private readonly double[,] _squares, _features;
    private readonly double[] _featureSums, _featureSquares, _variability, _varied;
    private readonly long[,] _foldBins;
    private readonly long[] _featureBins;
    private long _bin;

    /// <summary>Makes one that has seen nothing.</summary>
    /// <param name="units">Most units.</param>
    /// <param name="classSizes">Features of each class, in the order in which they stand in a bin.</param>
    /// <param name="behaviours">Number of behaviours.</param>
    /// <param name="stretchBins">Bins of a stretch: long beside how slowly activity changes.</param>
    /// <param name="leastBins">Bins that a behaviour has in each fold before anything is said of it.</param>
    public OnlineBehaviours(int units, IReadOnlyList<int> classSizes, int behaviours, int stretchBins = 250, int leastBins = 20)
    {
        ArgumentNullException.ThrowIfNull(classSizes);
        ArgumentOutOfRangeException.ThrowIfLessThan(behaviours, 1);
        (_units, _behaviours, _stretchBins, _leastBins) = (units, behaviours, stretchBins, leastBins);
        (_sizes, _places) = ([.. classSizes], [.. classSizes.Select((_, c) => classSizes.Take(c).Sum())]);
        (_sums, _counted, _squares) = (new double[Folds, behaviours, units], new double[Folds, behaviours, units], new double[behaviours, units]);
        var features = classSizes.Sum();
        (_features, _featureSums, _featureSquares) = (new double[behaviours, features], new double[features], new double[features]);
        (_foldBins, _featureBins) = (new long[Folds, behaviours], new long[behaviours]);
        (_variability, _varied) = (new double[behaviours], new double[behaviours]);
    }

    /// <summary>Takes a bin.</summary>
    /// <param name="behaviour">What the animal did; -1: not known.</param>
    /// <param name="counts">One a unit, below 0 where it is not known; units that have no count have not come.</param>
    /// <param name="features">Class by class; not looked at where one of them is not finite.</param>
    /// <param name="variability">How variable the network was; NaN where that is not known.</param>
    public void Take(int behaviour, ReadOnlySpan<int> counts, ReadOnlySpan<float> features, double variability)
    {
        var fold = (int)(_bin++ / _stretchBins % Folds);
        if (behaviour < 0)
            return;
        _foldBins[fold, behaviour]++;
        for (var unit = 0; unit < Math.Min(counts.Length, _units); unit++)
            if (counts[unit] is >= 0 and var count)
            {
                _counted[fold, behaviour, unit]++;
                _sums[fold, behaviour, unit] += count;
                _squares[behaviour, unit] += count * count;
            }
        if (double.IsFinite(variability))
        {
            _variability[behaviour] += variability;
            _varied[behaviour]++;
        }
        foreach (var feature in features)
            if (!float.IsFinite(feature))
                return;
        _featureBins[behaviour]++;
        for (var j = 0; j < _featureSums.Length; j++)
        {
            _features[behaviour, j] += features[j];
            _featureSums[j] += features[j];
            _featureSquares[j] += (double)features[j] * features[j];
        }
    }

    /// <summary>Reads what is known so far; NaN where it is not.</summary>
    /// <param name="bins">Receives the bins of each behaviour.</param>
    /// <param name="dissimilarity">Receives the crossnobis distances of all pairs of behaviours in the units, in the metric of each unit's own noise.</param>
    /// <param name="similarity">Receives the whitened unbiased cosine of these with the distances in each class.</param>
    /// <param name="variability">Receives the mean variability in each behaviour.</param>
    public void Read(Span<long> bins, Span<double> dissimilarity, Span<double> similarity, Span<double> variability)
    {
        dissimilarity.Fill(double.NaN);
        similarity.Fill(double.NaN);
        for (var b = 0; b < _behaviours; b++)
        {
            bins[b] = Enumerable.Range(0, Folds).Sum(fold => _foldBins[fold, b]);
            variability[b] = _varied[b] > 0 ? _variability[b] / _varied[b] : double.NaN;
        }
        int[] known = [.. Enumerable.Range(0, _behaviours).Where(b => _featureBins[b] >= _leastBins && Enumerable.Range(0, Folds).All(fold => _foldBins[fold, b] >= _leastBins))];
        int[] varying = [.. Enumerable.Range(0, _units).Where(unit => Noise(unit, known) > 0)];
        if (known.Length < 2 || varying.Length == 0)
            return;
        var units = Rdm.Crossnobis([.. Enumerable.Range(0, Folds).Select(fold => Patterns(fold, known, varying))]);
        for (var (pair, i) = (0, 0); i < known.Length; i++)
            for (var j = i + 1; j < known.Length; j++)
                dissimilarity[Place(known[i], known[j])] = units.Values[pair++];
        if (known.Length < BehaviourSimilarity.LeastBehaviours)
            return;
        var whitened = WhitenedSimilarity.Of(known.Length);
        for (var c = 0; c < _sizes.Length; c++)
            similarity[c] = whitened.Cosine(units, Rdm.Euclidean(ClassPatterns(c, known)));
    }

    /// <summary>Where a pair of behaviours stands, the upper triangle row by row.</summary>
    private int Place(int one, int other) => (one * _behaviours) - (one * (one + 1) / 2) + other - one - 1;

    /// <summary>Variance of a unit's counts within behaviours; 0 where it has not been counted in each fold of each of them.</summary>
    private double Noise(int unit, int[] known)
    {
        var (squares, bins) = (0.0, 0.0);
        foreach (var b in known)
        {
            var (sum, counted) = (0.0, 0.0);
            for (var fold = 0; fold < Folds; fold++)
            {
                if (_counted[fold, b, unit] < _leastBins)
                    return 0;
                (sum, counted) = (sum + _sums[fold, b, unit], counted + _counted[fold, b, unit]);
            }
            squares += _squares[b, unit] - (sum * sum / counted);
            bins += counted - 1;
        }
        return bins > 0 ? squares / bins : 0;
    }

    private Matrix Patterns(int fold, int[] known, int[] varying)
    {
        var patterns = new Matrix(known.Length, varying.Length);
        for (var k = 0; k < varying.Length; k++)
        {
            var deviation = Math.Sqrt(Noise(varying[k], known));
            for (var i = 0; i < known.Length; i++)
                patterns[i, k] = _sums[fold, known[i], varying[k]] / _counted[fold, known[i], varying[k]] / deviation;
        }
        return patterns;
    }

    /// <summary>Mean standardised features of a class by behaviour.</summary>
    private Matrix ClassPatterns(int c, int[] known)
    {
        var patterns = new Matrix(known.Length, _sizes[c]);
        var all = (double)_featureBins.Sum();
        for (var j = 0; j < _sizes[c]; j++)
        {
            var at = _places[c] + j;
            var variance = (_featureSquares[at] / all) - (_featureSums[at] / all * (_featureSums[at] / all));
            for (var i = 0; variance > 0 && i < known.Length; i++)
                patterns[i, j] = _features[known[i], at] / _featureBins[known[i]] / Math.Sqrt(variance);
        }
        return patterns;
    }
}
