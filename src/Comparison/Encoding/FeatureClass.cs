using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>Features that are put to the same question: do they, together, predict a unit?</summary>
/// <param name="Name">Of the class.</param>
/// <param name="Kind">What they stand for.</param>
/// <param name="FeatureNames">Of the columns.</param>
/// <param name="Features">Rows are bins that follow each other without gaps.</param>
public sealed record FeatureClass(string Name, FeatureKind Kind, IReadOnlyList<string> FeatureNames, Matrix Features)
{
    /// <summary>The class smoothed over time by a Gaussian, cut off at three standard deviations and at the table's ends.</summary>
    /// <param name="standardDeviationBins">Its width in bins; 0: as it is.</param>
    public FeatureClass Smoothed(double standardDeviationBins)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(standardDeviationBins);
        var reach = (int)Math.Ceiling(3 * standardDeviationBins);
        if (reach == 0)
            return this;
        var kernel = Enumerable.Range(-reach, (2 * reach) + 1).Select(k => Math.Exp(-k * k / (2 * standardDeviationBins * standardDeviationBins))).ToArray();
        var smooth = new Matrix(Features.Rows, Features.Columns);
        for (var t = 0; t < smooth.Rows; t++)
        {
            var row = smooth.Row(t);
            var sum = 0.0;
            for (var k = Math.Max(-reach, -t); k <= reach && t + k < smooth.Rows; k++)
            {
                Vectors.AddScaled(row, kernel[k + reach], Features.Row(t + k));
                sum += kernel[k + reach];
            }
            for (var j = 0; j < row.Length; j++)
                row[j] /= sum;
        }
        return this with { Features = smooth };
    }

    /// <summary>The class without features that are the same in all bins, and their names.</summary>
    /// <exception cref="ClosedLoopException">None is left, or a number is not finite.</exception>
    public (FeatureClass Class, IReadOnlyList<string> Dropped) WithoutConstants()
    {
        for (var t = 0; t < Features.Rows; t++)
            for (var j = 0; j < Features.Columns; j++)
                if (!double.IsFinite(Features[t, j]))
                    throw ClosedLoopException.Failed($"the feature '{FeatureNames[j]}' of class '{Name}' is no finite number in bin {t}; fill it in, or leave the feature out");
        var kept = Enumerable.Range(0, Features.Columns).Where(Varies).ToArray();
        if (kept.Length == 0)
            throw ClosedLoopException.Failed($"all {Features.Columns} features of class '{Name}' are the same in all bins; the class can predict nothing, leave it out");
        if (kept.Length == Features.Columns)
            return (this, []);
        var features = new Matrix(Features.Rows, kept.Length);
        for (var t = 0; t < features.Rows; t++)
            for (var j = 0; j < kept.Length; j++)
                features[t, j] = Features[t, kept[j]];
        return (this with { FeatureNames = [.. kept.Select(j => FeatureNames[j])], Features = features }, [.. FeatureNames.Where((_, j) => !kept.Contains(j))]);

        bool Varies(int j)
        {
            var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
            for (var t = 0; t < Features.Rows; t++)
                (low, high) = (Math.Min(low, Features[t, j]), Math.Max(high, Features[t, j]));
            return high - low > 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high));
        }
    }

    /// <summary>
    /// The class with every feature kept within so many standard deviations of its mean: a rate that follows the exponential of
    /// its features must not be driven to anywhere by one moment unlike all others, as when a body falls.
    /// </summary>
    /// <param name="deviations">How many.</param>
    public FeatureClass Clipped(double deviations)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(deviations);
        var (means, variances) = (Features.Means(), new double[Features.Columns]);
        for (var t = 0; t < Features.Rows; t++)
            for (var j = 0; j < variances.Length; j++)
                variances[j] += (Features[t, j] - means[j]) * (Features[t, j] - means[j]) / Features.Rows;
        var clipped = new Matrix(Features.Rows, Features.Columns);
        for (var t = 0; t < clipped.Rows; t++)
            for (var j = 0; j < variances.Length; j++)
            {
                var most = deviations * Math.Sqrt(variances[j]);
                clipped[t, j] = Math.Clamp(Features[t, j], means[j] - most, means[j] + most);
            }
        return this with { Features = clipped };
    }

    /// <summary>The class by its principal components: the directions in which its standardised features vary most, found without a look at any count.</summary>
    /// <param name="components">How many; as many as there are features, or more: the class as it is.</param>
    public FeatureClass Reduced(int components)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 1);
        if (components >= Features.Columns)
            return this;
        using var design = new DesignMatrix(Features, FeatureNames);
        var axes = SymmetricEigen.Of(PopulationRegression.CovarianceOf(design)).Vectors;
        var scores = new Matrix(Features.Rows, components);
        var standard = new double[Features.Columns];
        for (var t = 0; t < scores.Rows; t++)
        {
            for (var j = 0; j < standard.Length; j++)
                standard[j] = (Features[t, j] - design.Means[j]) / design.Scales[j];
            for (var k = 0; k < components; k++)
                scores[t, k] = Vectors.Dot(axes.Row(k), standard);
        }
        return this with { FeatureNames = [.. Enumerable.Range(1, components).Select(k => $"{Name} component {k}")], Features = scores };
    }
}
