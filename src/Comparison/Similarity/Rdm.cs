using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// A representational dissimilarity matrix: how far the patterns of each pair of conditions lie apart. Pairs are in the
/// order of the upper triangle, row by row: (0,1), (0,2), ... (1,2), ...
/// </summary>
public sealed class Rdm
{
    /// <summary>Takes dissimilarities.</summary>
    /// <param name="dissimilarities">One a pair of conditions.</param>
    /// <exception cref="ClosedLoopException">So many pairs no number of conditions has.</exception>
    public Rdm(double[] dissimilarities)
    {
        ArgumentNullException.ThrowIfNull(dissimilarities);
        Conditions = (int)Math.Round((1 + Math.Sqrt(1 + (8.0 * dissimilarities.Length))) / 2);
        if (dissimilarities.Length == 0 || Conditions * (Conditions - 1) / 2 != dissimilarities.Length)
            throw ClosedLoopException.Failed($"{dissimilarities.Length} dissimilarities are not the pairs of any number of conditions (1 of 2, 3 of 3, 6 of 4, ...)");
        Values = dissimilarities;
    }

    /// <summary>Number of conditions.</summary>
    public int Conditions { get; }

    /// <summary>One a pair.</summary>
    public double[] Values { get; }

    /// <summary>The dissimilarity of two conditions; 0 of one to itself.</summary>
    public double this[int one, int other] => one == other ? 0 : Values[Index(Math.Min(one, other), Math.Max(one, other), Conditions)];

    /// <summary>Squared Euclidean distances over the number of channels.</summary>
    /// <param name="patterns">Rows are conditions, columns channels.</param>
    public static Rdm Euclidean(Matrix patterns) => Mahalanobis(patterns, null);

    /// <summary>Squared distances in the metric of a precision, (b_i - b_j)' P (b_i - b_j), over the number of channels.</summary>
    /// <param name="patterns">Rows are conditions, columns channels.</param>
    /// <param name="precision">Inverse of the channels' noise covariance; null: identity.</param>
    public static Rdm Mahalanobis(Matrix patterns, Matrix? precision)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        return OfKernel(Kernel(patterns, patterns, precision), patterns.Columns);
    }

    /// <summary>1 - the correlation of patterns over channels.</summary>
    /// <param name="patterns">Rows are conditions, columns channels.</param>
    public static Rdm Correlation(Matrix patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        return OfPairs(patterns.Rows, (i, j) => 1 - Similarity.Pearson(patterns.Row(i), patterns.Row(j)));
    }

    /// <summary>
    /// Cross-validated squared distances in the metric of a precision, over the number of channels (crossnobis): the
    /// difference of each fold's patterns times that of the mean of all other folds, averaged over folds. Noise is as often
    /// below 0 as above: without a difference the expectation is 0.
    /// </summary>
    /// <param name="folds">Patterns of independent measurements, rows are conditions, columns channels.</param>
    /// <param name="precision">Inverse of the channels' noise covariance, symmetric; null: identity.</param>
    /// <exception cref="ClosedLoopException">There are fewer than two folds, or they differ in shape.</exception>
    public static Rdm Crossnobis(IReadOnlyList<Matrix> folds, Matrix? precision = null)
    {
        RequireFolds(folds);
        if (precision is not null)
            RequireChannels(precision, folds[0]);
        using var differences = new FoldDifferences(folds);
        if (precision is not null)
            differences.Multiply(precision);
        return differences.ToRdm();
    }

    /// <summary>The same with the noise covariance itself, which is never inverted: patterns are whitened by its factor.</summary>
    /// <param name="folds">Patterns of independent measurements, rows are conditions, columns channels.</param>
    /// <param name="noise">The channels' noise covariance.</param>
    /// <exception cref="ClosedLoopException">There are fewer than two folds, they differ in shape, or the covariance has no inverse.</exception>
    public static Rdm CrossnobisOfNoise(IReadOnlyList<Matrix> folds, Matrix noise)
    {
        RequireFolds(folds);
        RequireChannels(noise, folds[0]);
        using var factor = BlockCholesky.Factor(noise) ?? throw NoisePrecision.HasNone(noise);
        using var differences = new FoldDifferences(folds);
        differences.Whiten(factor);
        return differences.ToRdm();
    }

    /// <summary>As <see cref="Crossnobis(IReadOnlyList{Matrix}, Matrix?)"/> with a noise covariance of each fold: over all pairs of folds, in the metric of the mean of their two.</summary>
    /// <param name="folds">Patterns of independent measurements.</param>
    /// <param name="noise">The channels' noise covariance of each.</param>
    /// <exception cref="ClosedLoopException">There are fewer than two folds, they differ in shape, or a mean covariance has no inverse.</exception>
    public static Rdm Crossnobis(IReadOnlyList<Matrix> folds, IReadOnlyList<Matrix> noise)
    {
        RequireFolds(folds);
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentOutOfRangeException.ThrowIfNotEqual(noise.Count, folds.Count, nameof(noise));
        var values = new double[folds[0].Rows * (folds[0].Rows - 1) / 2];
        var pairs = folds.Count * (folds.Count - 1) / 2;
        for (var i = 0; i < folds.Count; i++)
            for (var j = i + 1; j < folds.Count; j++)
            {
                var mean = new Matrix(noise[i].Rows, noise[i].Columns);
                Vectors.AddScaled(mean.Values, 0.5, noise[i].Values);
                Vectors.AddScaled(mean.Values, 0.5, noise[j].Values);
                Vectors.AddScaled(values, 1.0 / pairs, CrossnobisOfNoise([folds[i], folds[j]], mean).Values);
            }
        return new(values);
    }

    /// <summary>Where a pair stands.</summary>
    internal static int Index(int i, int j, int conditions) => (i * ((2 * conditions) - i - 1) / 2) + j - i - 1;

    private static void RequireChannels(Matrix metric, Matrix fold)
    {
        if (metric.Rows != fold.Columns || metric.Columns != fold.Columns)
            throw ClosedLoopException.Failed($"a metric of {metric.Rows} x {metric.Columns} channels does not fit patterns of {fold.Columns}");
    }

    private static void RequireFolds(IReadOnlyList<Matrix> folds)
    {
        ArgumentNullException.ThrowIfNull(folds);
        if (folds.Count < 2)
            throw ClosedLoopException.Failed($"cross-validated distances need at least 2 independent measurements, and there is {(folds.Count == 0 ? "none" : "one")}");
        foreach (var fold in folds)
            if (fold.Rows != folds[0].Rows || fold.Columns != folds[0].Columns)
                throw ClosedLoopException.Failed($"measurements of {folds[0].Rows} conditions x {folds[0].Columns} channels and of {fold.Rows} x {fold.Columns} cannot be compared");
    }

    private static Rdm OfPairs(int conditions, Func<int, int, double> dissimilarity)
    {
        var values = new double[conditions * (conditions - 1) / 2];
        for (var (i, k) = (0, 0); i < conditions; i++)
            for (var j = i + 1; j < conditions; j++)
                values[k++] = dissimilarity(i, j);
        return new(values);
    }

    private static Rdm OfKernel(Matrix kernel, int channels) =>
        OfPairs(kernel.Rows, (i, j) => (kernel[i, i] + kernel[j, j] - kernel[i, j] - kernel[j, i]) / channels);

    /// <summary>a precision b'.</summary>
    private static Matrix Kernel(Matrix a, Matrix b, Matrix? precision)
    {
        var right = b;
        if (precision is not null)
        {
            right = new(b.Rows, b.Columns);
            for (var i = 0; i < b.Rows; i++)
                for (var c = 0; c < b.Columns; c++)
                    Vectors.AddScaled(right.Row(i), b[i, c], precision.Row(c));
        }
        var kernel = new Matrix(a.Rows, b.Rows);
        for (var i = 0; i < a.Rows; i++)
            for (var j = 0; j < b.Rows; j++)
                kernel[i, j] = Vectors.Dot(a.Row(i), right.Row(j));
        return kernel;
    }
}
