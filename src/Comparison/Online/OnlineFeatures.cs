namespace ClosedLoop.Comparison;

/// <summary>
/// One class of features in a session: the last bins, standardised by what its first seconds were like, and for each ridge the
/// inverse of the sum of their squares, which all units' models share.
/// </summary>
internal sealed class OnlineFeatures
{
    // A feature far outside of what it was like when its scale was found must not drive a rate to anywhere.
    private const double MostDeviations = 6;

    private readonly Matrix _recent;
    private readonly Matrix[] _inverses;
    private readonly bool[] _valid;
    private readonly double[] _means, _squares, _direction;
    private int _seen;

    /// <summary>Makes one.</summary>
    /// <param name="size">Number of features.</param>
    /// <param name="bins">How many bins are kept.</param>
    /// <param name="priorBins">The ridges, in bins.</param>
    public OnlineFeatures(int size, int bins, IEnumerable<double> priorBins)
    {
        Size = size + 1;
        (_recent, _valid) = (new(bins, Size), new bool[bins]);
        (_means, _squares, _direction) = (new double[size], new double[size], new double[Size]);
        _inverses = [.. priorBins.Select(prior =>
        {
            var inverse = new Matrix(Size, Size);
            for (var j = 0; j < Size; j++)
                inverse[j, j] = 1 / prior;
            return inverse;
        })];
    }

    /// <summary>Numbers of a bin: the features and a 1 for the intercept, which comes last.</summary>
    public int Size { get; }

    /// <summary>Takes a bin for the scale alone.</summary>
    public void TakeScale(ReadOnlySpan<float> features)
    {
        if (!IsFinite(features))
            return;
        _seen++;
        for (var j = 0; j < features.Length; j++)
        {
            var deviation = features[j] - _means[j];
            _means[j] += deviation / _seen;
            _squares[j] += deviation * (features[j] - _means[j]);
        }
    }

    /// <summary>Takes a bin. One with a number that is not finite is kept as missing.</summary>
    /// <param name="bin">Its number, from 0.</param>
    /// <param name="features">Its features.</param>
    public void Take(long bin, ReadOnlySpan<float> features)
    {
        var slot = (int)(bin % _valid.Length);
        _valid[slot] = IsFinite(features);
        if (!_valid[slot])
            return;
        var row = _recent.Row(slot);
        for (var j = 0; j < features.Length; j++)
        {
            var scale = _seen > 1 ? Math.Sqrt(_squares[j] / _seen) : 0;
            row[j] = scale > 0 ? Math.Clamp((features[j] - _means[j]) / scale, -MostDeviations, MostDeviations) : 0;
        }
        row[^1] = 1;
        // The inverse of a sum with one square more (Sherman and Morrison).
        for (var ridge = 0; ridge < _inverses.Length; ridge++)
        {
            Direction(ridge, row);
            var growth = 1 + Vectors.Dot(row, _direction);
            for (var j = 0; j < Size; j++)
                Vectors.AddScaled(_inverses[ridge].Row(j), -_direction[j] / growth, _direction);
        }
    }

    /// <summary>A bin that is still kept; empty where it is missing.</summary>
    public ReadOnlySpan<double> At(long bin) => _valid[(int)(bin % _valid.Length)] ? _recent.Row((int)(bin % _valid.Length)) : [];

    /// <summary>The inverse of a ridge times a bin's features. Valid until the next call.</summary>
    public ReadOnlySpan<double> Direction(int ridge, ReadOnlySpan<double> features)
    {
        for (var j = 0; j < Size; j++)
            _direction[j] = Vectors.Dot(_inverses[ridge].Row(j), features);
        return _direction;
    }

    private static bool IsFinite(ReadOnlySpan<float> features)
    {
        foreach (var feature in features)
            if (!float.IsFinite(feature))
                return false;
        return true;
    }
}
