using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// Features as regressions read them: each column less its mean and divided by its standard deviation, rows padded with
/// zeros to whole vectors. Built once a feature class and shared by all units, folds and lags.
/// </summary>
public sealed unsafe class DesignMatrix : IDisposable
{
    private const int BlockRows = 128;

    private readonly AlignedBuffer _values;

    /// <summary>Standardises a table.</summary>
    /// <param name="features">Rows are bins.</param>
    /// <param name="names">Of the columns, for errors; null: their numbers.</param>
    /// <param name="standardize">False: columns keep their scale, and only their means are taken off.</param>
    /// <exception cref="ClosedLoopException">A number is not finite, or, where it is to be standardised, a column is constant.</exception>
    public DesignMatrix(Matrix features, IReadOnlyList<string>? names = null, bool standardize = true)
    {
        ArgumentNullException.ThrowIfNull(features);
        features.RequireFinite("the features");
        if (features.Rows < 2)
            throw ClosedLoopException.Failed($"{features.Rows} bins are too few for a regression");
        (Rows, Columns, Stride) = (features.Rows, features.Columns, BlockProducts.Padded(features.Columns));
        Means = features.Means();
        Scales = new double[Columns];
        for (var i = 0; i < Rows; i++)
        {
            var row = features.Row(i);
            for (var j = 0; j < Columns; j++)
                Scales[j] += (row[j] - Means[j]) * (row[j] - Means[j]);
        }
        for (var j = 0; j < Columns; j++)
        {
            Scales[j] = Math.Sqrt(Scales[j] / Rows);
            if (standardize && !(Scales[j] > 1e-10 * Math.Max(1e-300, Math.Abs(Means[j]))))
                throw ClosedLoopException.Failed($"the feature '{names?[j] ?? $"column {j}"}' is the same in all {Rows} bins and can predict nothing; leave it out");
            if (!standardize)
                Scales[j] = 1;
        }
        _values = new((long)Rows * Stride);
        for (var i = 0; i < Rows; i++)
        {
            var row = features.Row(i);
            var to = Row(i);
            for (var j = 0; j < Columns; j++)
                to[j] = (row[j] - Means[j]) / Scales[j];
        }
    }

    /// <summary>Number of bins.</summary>
    public int Rows { get; }

    /// <summary>Number of features.</summary>
    public int Columns { get; }

    /// <summary>What was taken off each column.</summary>
    public double[] Means { get; }

    /// <summary>What each column was divided by.</summary>
    public double[] Scales { get; }

    /// <summary>Numbers from one row to the next.</summary>
    internal int Stride { get; }

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();

    /// <summary>Where a row begins.</summary>
    internal double* Row(int row) => _values.Data + ((long)row * Stride);

    /// <summary>The product of the transpose with itself, each row weighted: X' W X, symmetric, of <see cref="Columns"/>.</summary>
    /// <param name="weights">One a row; null: 1.</param>
    internal Matrix Gram(double[]? weights)
    {
        using var sum = new AlignedBuffer((long)Stride * Stride);
        using var weighted = new AlignedBuffer((long)BlockRows * Stride);
        for (var first = 0; first < Rows; first += BlockRows)
        {
            var count = Math.Min(BlockRows, Rows - first);
            double* from = Row(first), a = from;
            if (weights is not null)
            {
                a = weighted.Data;
                for (var i = 0; i < count; i++)
                    for (var j = 0; j < Stride; j++)
                        a[(i * Stride) + j] = weights[first + i] * from[(i * Stride) + j];
            }
            for (var panel = 0; panel < Stride; panel += BlockProducts.Panel)
                BlockProducts.AddTransposed(a, Stride, panel + BlockProducts.Panel, from + panel, Stride, count, sum.Data + panel, Stride);
        }
        var gram = new Matrix(Columns, Columns);
        for (var i = 0; i < Columns; i++)
            for (var j = i; j < Columns; j++)
                gram[i, j] = gram[j, i] = sum.Data[((long)i * Stride) + j];
        GC.KeepAlive(this);
        return gram;
    }
}
