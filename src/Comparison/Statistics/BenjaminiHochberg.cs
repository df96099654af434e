namespace ClosedLoop.Comparison;

/// <summary>Benjamini and Hochberg's control of the false discovery rate over many tests.</summary>
public static class BenjaminiHochberg
{
    /// <summary>
    /// The adjusted probability of each test: the least rate of false discoveries at which it is still a discovery. Those
    /// that are not numbers were not tested: they stay so and do not count.
    /// </summary>
    public static double[] Adjust(IReadOnlyList<double> p)
    {
        ArgumentNullException.ThrowIfNull(p);
        var order = Enumerable.Range(0, p.Count).Where(i => !double.IsNaN(p[i])).OrderByDescending(i => p[i]).ToArray();
        var adjusted = new double[p.Count];
        Array.Fill(adjusted, double.NaN);
        var least = 1.0;
        for (var k = 0; k < order.Length; k++)
        {
            least = Math.Min(least, p[order[k]] * order.Length / (order.Length - k));
            adjusted[order[k]] = least;
        }
        return adjusted;
    }
}
