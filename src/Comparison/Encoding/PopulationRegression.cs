using System.Runtime.Intrinsics;
using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// Poisson ridge regressions of many units on the same features, for the same bins: the objective of
/// <see cref="PoissonRegression"/>, standardised by the bins of the fit. All units that are not done yet are evaluated in
/// one pass over the features, which are read once for all of them. One thread works with one; several may share the tables.
/// </summary>
internal sealed unsafe class PopulationRegression : IDisposable
{
    private const int BlockRows = 96, MostPasses = 300;

    private readonly DesignMatrix _design;
    private readonly CountPanels _counts;
    private readonly Matrix _covariance;
    private readonly int[] _panels;
    private readonly UnitSearch[] _units;
    private readonly AlignedBuffer _weights, _gradients, _block;
    private readonly double[] _means, _variances;
    private readonly Vector512<double>[] _intercepts, _values, _residuals;
    private readonly double[] _gradient;
    private BinRange[] _train = [];
    private int _bins, _lag;

    /// <summary>Makes one for some panels of units.</summary>
    /// <param name="design">The features.</param>
    /// <param name="counts">The counts.</param>
    /// <param name="covariance">Of the features, <see cref="CovarianceOf"/>.</param>
    /// <param name="panels">Which panels of eight units.</param>
    public PopulationRegression(DesignMatrix design, CountPanels counts, Matrix covariance, int[] panels)
    {
        (_design, _counts, _covariance, _panels) = (design, counts, covariance, panels);
        _units = [.. Enumerable.Range(0, panels.Length * BlockProducts.Panel).Select(_ => new UnitSearch(design.Columns))];
        var panel = (long)design.Stride * BlockProducts.Panel;
        (_weights, _gradients, _block) = (new(panel * panels.Length), new(panel * panels.Length), new(BlockRows * BlockProducts.Panel));
        (_means, _variances, _gradient) = (new double[design.Stride], new double[design.Stride], new double[design.Columns + 1]);
        (_intercepts, _values, _residuals) = (new Vector512<double>[panels.Length], new Vector512<double>[panels.Length], new Vector512<double>[panels.Length]);
    }

    /// <summary>Length of a step, in units of the standardised weights, that ends a search.</summary>
    public double Tolerance { get; init; } = 1e-7;

    /// <summary>The covariance of the features that searches begin with; once for all folds and lags, for it decides about speed only.</summary>
    public static Matrix CovarianceOf(DesignMatrix design)
    {
        var covariance = design.Gram(null);
        for (var k = 0; k < covariance.Values.Length; k++)
            covariance.Values[k] /= design.Rows;
        return covariance;
    }

    /// <summary>Units of its panels, those that fill up the last one among them.</summary>
    public int Units => _units.Length;

    /// <summary>What was found for a unit.</summary>
    /// <param name="unit">From 0, in the order of the panels.</param>
    public UnitSearch this[int unit] => _units[unit];

    /// <summary>Turns to other bins of counts. Searches begin at the constant rate.</summary>
    /// <param name="train">The bins to fit to.</param>
    /// <param name="alphas">Strength of each unit's ridge, or one for all; above 0. Units that fill up the last panel need none.</param>
    public void Begin(BinRange[] train, params ReadOnlySpan<double> alphas)
    {
        (_train, _bins) = (train, train.Sum(range => range.Length));
        for (var k = 0; k < _panels.Length; k++)
        {
            var sum = Vector512<double>.Zero;
            foreach (var range in train)
                for (var t = range.Start; t < range.End; t++)
                    sum += Load(_counts.Bin(_panels[k], t));
            for (var i = 0; i < BlockProducts.Panel; i++)
            {
                var unit = (k * BlockProducts.Panel) + i;
                _units[unit].Begin(sum[i], _bins, _covariance, alphas[Math.Min(unit, alphas.Length - 1)]);
            }
        }
    }

    /// <summary>Fits all units, each from where its last search ended.</summary>
    /// <param name="lagBins">The features of a bin stand so many bins before it; negative: after it.</param>
    /// <param name="cancellation">Ends it between two passes.</param>
    /// <returns>Passes over the data.</returns>
    public int Fit(int lagBins, CancellationToken cancellation = default)
    {
        _lag = lagBins;
        FindMoments();
        foreach (var unit in _units)
            if (!unit.Silent)
                unit.Search.Begin(unit.Hessian!, unit.MeanCount);
        var passes = 0;
        for (; _units.Any(unit => !unit.Finished); passes++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (passes == MostPasses)
            {
                foreach (var unit in _units.Where(unit => !unit.Finished))
                    unit.Search.Abandon();
                break;
            }
            Pass();
        }
        foreach (var unit in _units)
            if (!unit.Silent)
                unit.Finish(_bins, _variances);
        return passes;
    }

    /// <summary>Scores the fits on bins of their own.</summary>
    /// <param name="test">The bins.</param>
    public void Score(BinRange test)
    {
        LoadWeights(all: true);
        foreach (var unit in _units)
            unit.Test.Clear();
        for (var first = test.Start; first < test.End; first += BlockRows)
        {
            var rows = Math.Min(BlockRows, test.End - first);
            for (var k = 0; k < _panels.Length; k++)
            {
                BlockProducts.Multiply(_design.Row(first - _lag), _design.Stride, Weights(k), _block.Data, rows, _design.Columns);
                for (var r = 0; r < rows; r++)
                {
                    var counts = _counts.Bin(_panels[k], first + r);
                    for (var i = 0; i < BlockProducts.Panel; i++)
                        _units[(k * BlockProducts.Panel) + i].Score(counts[i], Math.Min(PoissonRegression.MostLogCount, _block.Data[(r * BlockProducts.Panel) + i] + _intercepts[k][i]));
                }
            }
        }
        KeepAlive();
    }

    /// <summary>A fit in units of the features as they were given.</summary>
    public PoissonFit ToFit(int unit)
    {
        var search = _units[unit].Search;
        var weights = new double[_design.Columns];
        for (var j = 0; j < weights.Length; j++)
            weights[j] = search.Trial[j + 1] / _design.Scales[j];
        var intercept = search.Trial[0] - Vectors.Dot(_means.AsSpan(0, weights.Length), search.Trial.AsSpan(1)) - Vectors.Dot(weights, _design.Means);
        return new(weights, intercept, search.Converged, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _gradients.Dispose();
        _block.Dispose();
    }

    private static Vector512<double> Load(float* counts)
    {
        var (low, high) = Vector256.Widen(Vector256.Load(counts));
        return Vector512.Create(low, high);
    }

    private double* Weights(int panel) => _weights.Data + ((long)panel * _design.Stride * BlockProducts.Panel);

    private double* Gradient(int panel) => _gradients.Data + ((long)panel * _design.Stride * BlockProducts.Panel);

    private bool Finished(int panel)
    {
        for (var i = 0; i < BlockProducts.Panel; i++)
            if (!_units[(panel * BlockProducts.Panel) + i].Finished)
                return false;
        return true;
    }

    /// <summary>Mean and variance of the features over the bins of the fit.</summary>
    private void FindMoments()
    {
        Array.Clear(_means);
        Array.Clear(_variances);
        var stride = _design.Stride;
        foreach (var range in _train)
            for (var t = range.Start; t < range.End; t++)
                for (var j = 0; j < stride; j += 8)
                {
                    var x = Vector512.Load(_design.Row(t - _lag) + j);
                    (Vector512.Create<double>(_means.AsSpan(j)) + x).CopyTo(_means.AsSpan(j));
                    Vector512.FusedMultiplyAdd(x, x, Vector512.Create<double>(_variances.AsSpan(j))).CopyTo(_variances.AsSpan(j));
                }
        for (var j = 0; j < stride; j++)
        {
            _means[j] /= _bins;
            _variances[j] = (_variances[j] / _bins) - (_means[j] * _means[j]);
            // NB: what does not vary in these bins gets no weight, for its slope is 0; the penalty only has to be there.
            if (!(_variances[j] > 1e-12))
                _variances[j] = 1;
        }
    }

    private void LoadWeights(bool all)
    {
        Span<double> intercepts = stackalloc double[BlockProducts.Panel];
        for (var k = 0; k < _panels.Length; k++)
        {
            if (!all && Finished(k))
                continue;
            var to = Weights(k);
            for (var i = 0; i < BlockProducts.Panel; i++)
            {
                var trial = _units[(k * BlockProducts.Panel) + i].Search.Trial;
                intercepts[i] = trial[0];
                for (var j = 0; j < _design.Columns; j++)
                {
                    to[(j * BlockProducts.Panel) + i] = trial[j + 1];
                    intercepts[i] -= _means[j] * trial[j + 1];
                }
            }
            _intercepts[k] = Vector512.Create<double>(intercepts);
        }
    }

    /// <summary>Values and gradients of all units that are not done, in one pass over the features.</summary>
    private void Pass()
    {
        LoadWeights(all: false);
        for (var k = 0; k < _panels.Length; k++)
            if (!Finished(k))
            {
                new Span<double>(Gradient(k), _design.Stride * BlockProducts.Panel).Clear();
                (_values[k], _residuals[k]) = (default, default);
            }
        foreach (var range in _train)
            for (var first = range.Start; first < range.End; first += BlockRows)
            {
                var rows = Math.Min(BlockRows, range.End - first);
                for (var k = 0; k < _panels.Length; k++)
                    if (!Finished(k))
                        PassBlock(k, first, rows);
            }
        for (var unit = 0; unit < _units.Length; unit++)
            if (!_units[unit].Finished)
                Hand(unit);
        KeepAlive();
    }

    private void PassBlock(int k, int first, int rows)
    {
        double* features = _design.Row(first - _lag), block = _block.Data;
        var stride = _design.Stride;
        BlockProducts.Multiply(features, stride, Weights(k), block, rows, _design.Columns);
        var (intercept, most) = (_intercepts[k], Vector512.Create(PoissonRegression.MostLogCount));
        Vector512<double> value = default, residuals = default;
        var counts = _counts.Bin(_panels[k], first);
        for (var r = 0; r < rows; r++, block += BlockProducts.Panel, counts += BlockProducts.Panel)
        {
            var eta = Vector512.Min(Vector512.Load(block) + intercept, most);
            var expected = Vector512.Exp(eta);
            var y = Load(counts);
            value += expected - (y * eta);
            var residual = expected - y;
            residuals += residual;
            residual.Store(block);
        }
        _values[k] += value;
        _residuals[k] += residuals;
        BlockProducts.AddTransposed(features, stride, stride, _block.Data, BlockProducts.Panel, rows, Gradient(k), BlockProducts.Panel);
    }

    /// <summary>Gives a unit's search its value and gradient.</summary>
    private void Hand(int unit)
    {
        var (k, i) = (unit / BlockProducts.Panel, unit % BlockProducts.Panel);
        var search = _units[unit].Search;
        var (value, residual) = (_values[k][i] / _bins, _residuals[k][i]);
        var from = Gradient(k);
        _gradient[0] = residual / _bins;
        for (var j = 0; j < _design.Columns; j++)
        {
            var weight = search.Trial[j + 1];
            var pull = _units[unit].Alpha * _variances[j] * weight;
            value += pull * weight / 2;
            _gradient[j + 1] = ((from[(j * BlockProducts.Panel) + i] - (_means[j] * residual)) / _bins) + pull;
        }
        search.Take(value, _gradient, Tolerance);
    }

    // NB: the tables' memory is not the collector's; they must not be finalised while pointers to it are in use.
    private void KeepAlive()
    {
        GC.KeepAlive(_design);
        GC.KeepAlive(_counts);
    }
}
