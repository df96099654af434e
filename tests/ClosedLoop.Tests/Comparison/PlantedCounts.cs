using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison;

/// <summary>Features and spike counts with a known origin.</summary>
internal static class PlantedCounts
{
    /// <summary>Columns that wander, each on its own: first-order autoregressive, of variance 1.</summary>
    public static Matrix Features(RandomStream random, int bins, int columns, double memory = 0.9)
    {
        var features = new Matrix(bins, columns);
        var fresh = Math.Sqrt(1 - (memory * memory));
        for (var t = 0; t < bins; t++)
            for (var j = 0; j < columns; j++)
                features[t, j] = t == 0 ? random.Normal() : (memory * features[t - 1, j]) + (fresh * random.Normal());
        return features;
    }

    /// <summary>A Poisson number, by the product of uniform ones.</summary>
    public static int Poisson(RandomStream random, double mean)
    {
        var (count, product, limit) = (0, random.Uniform(), Math.Exp(-mean));
        while (product > limit)
        {
            product *= random.Uniform();
            count++;
        }
        return count;
    }

    /// <summary>Weights that move the log of a rate by <paramref name="depth"/> (its standard deviation).</summary>
    public static double[] Weights(RandomStream random, int columns, double depth)
    {
        var weights = Enumerable.Range(0, columns).Select(_ => random.Normal()).ToArray();
        var length = Math.Sqrt(weights.Sum(w => w * w));
        return [.. weights.Select(w => w * depth / length)];
    }

    /// <summary>Counts that features at a lag drive: those of <paramref name="lagBins"/> bins before (negative: after).</summary>
    public static double[] Driven(RandomStream random, Matrix features, double[] weights, double meanCount, int lagBins)
    {
        var depth = Math.Sqrt(weights.Sum(w => w * w));
        return [.. Enumerable.Range(0, features.Rows).Select(t =>
        {
            var row = features.Row(Math.Clamp(t - lagBins, 0, features.Rows - 1));
            var drive = 0.0;
            for (var j = 0; j < row.Length; j++)
                drive += weights[j] * row[j];
            return (double)Poisson(random, meanCount * Math.Exp(drive - (depth * depth / 2)));
        })];
    }

    /// <summary>Columns side by side.</summary>
    public static Matrix Columns(params double[][] columns)
    {
        var table = new Matrix(columns[0].Length, columns.Length);
        for (var t = 0; t < table.Rows; t++)
            for (var j = 0; j < columns.Length; j++)
                table[t, j] = columns[j][t];
        return table;
    }
}
