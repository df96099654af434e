namespace ClosedLoop.Electrophysiology;

/// <summary>How far a cluster lies from all other points: isolation distance and L-ratio.</summary>
internal static class ClusterIsolation
{
    /// <summary>Numbers of a point; even, for which the chi-squared distribution is a finite sum.</summary>
    public const int Dimensions = 8;

    /// <summary>Measures one cluster.</summary>
    /// <param name="points">Point by point.</param>
    /// <param name="labels">By point, its cluster.</param>
    /// <param name="cluster">The cluster to measure.</param>
    /// <returns>NaN where the cluster has too few points to have a shape, or there are too few others.</returns>
    public static (double Distance, double LRatio) Of(float[] points, IReadOnlyList<int> labels, int cluster)
    {
        const int D = Dimensions;
        int[] members = [.. Enumerable.Range(0, labels.Count).Where(i => labels[i] == cluster)];
        if (members.Length < 2 * D)
            return (double.NaN, double.NaN);
        var (mean, covariance) = (new double[D], new double[D * D]);
        foreach (var i in members)
            for (var a = 0; a < D; a++)
                mean[a] += points[(i * D) + a] / (double)members.Length;
        foreach (var i in members)
            for (var a = 0; a < D; a++)
                for (var b = 0; b < D; b++)
                    covariance[(a * D) + b] += (points[(i * D) + a] - mean[a]) * (points[(i * D) + b] - mean[b]) / (members.Length - 1);
        if (Cholesky.Factor(covariance, D) is not { } lower)
            return (double.NaN, double.NaN);
        var (others, sum, offset) = (new List<double>(), 0.0, new double[D]);
        for (var i = 0; i < labels.Count; i++)
        {
            if (labels[i] == cluster)
                continue;
            for (var a = 0; a < D; a++)
                offset[a] = points[(i * D) + a] - mean[a];
            Cholesky.Forward(lower, D, offset);
            var squared = offset.Sum(x => x * x);
            others.Add(squared);
            sum += Beyond(squared);
        }
        others.Sort();
        return (others.Count >= members.Length ? others[members.Length - 1] : double.NaN, sum / members.Length);
    }

    /// <summary>Share of a cluster's own points that are further away: of chi-squared with so many degrees of freedom.</summary>
    public static double Beyond(double squared)
    {
        var (term, sum) = (1.0, 1.0);
        for (var k = 1; k < Dimensions / 2; k++)
            sum += term *= squared / 2 / k;
        return Math.Exp(-squared / 2) * sum;
    }
}
