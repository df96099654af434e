using ClosedLoop.Core;

namespace ClosedLoop.Electrophysiology;

/// <summary>The directions in which points spread most, by orthogonal iteration on their covariance.</summary>
internal sealed class PrincipalComponents
{
    private readonly float[] _mean, _axes;
    private readonly int _dimensions;

    private PrincipalComponents(float[] mean, float[] axes, double[] variances) =>
        (_mean, _axes, _dimensions, Variances) = (mean, axes, mean.Length, variances);

    /// <summary>Variance along each axis, in descending order.</summary>
    public double[] Variances { get; }

    /// <summary>Number of axes.</summary>
    public int Count => Variances.Length;

    /// <summary>
    /// Finds those along which whitened points spread more than noise alone would (the edge of Marchenko and Pastur's law),
    /// and so many at least.
    /// </summary>
    /// <param name="points">Point by point.</param>
    /// <param name="members">Those to take.</param>
    /// <param name="dimensions">Numbers of a point.</param>
    /// <param name="least">Fewest axes.</param>
    /// <param name="most">Most axes.</param>
    public static PrincipalComponents Of(float[] points, IReadOnlyList<int> members, int dimensions, int least, int most)
    {
        var mean = new float[dimensions];
        foreach (var i in members)
            for (var d = 0; d < dimensions; d++)
                mean[d] += points[(i * dimensions) + d] / members.Count;
        var covariance = new float[dimensions * dimensions];
        var centred = new float[dimensions];
        foreach (var i in members)
        {
            for (var d = 0; d < dimensions; d++)
                centred[d] = points[(i * dimensions) + d] - mean[d];
            for (var a = 0; a < dimensions; a++)
                NoiseMetric.Add(centred[a] / members.Count, centred, covariance.AsSpan(a * dimensions, dimensions));
        }
        most = Math.Min(most, dimensions);
        var (axes, variances) = Axes(covariance, dimensions, most);
        var edge = Math.Pow(1 + Math.Sqrt((double)dimensions / members.Count), 2);
        var count = Math.Clamp(variances.Count(variance => variance > 1.2 * edge), Math.Min(least, most), most);
        return new(mean, axes[..(count * dimensions)], variances[..count]);
    }

    /// <summary>The directions in which points are largest, their mean left in, one after the other.</summary>
    /// <param name="points">Point by point.</param>
    /// <param name="dimensions">Numbers of a point.</param>
    /// <param name="count">How many directions.</param>
    public static float[] AboutZero(float[] points, int dimensions, int count)
    {
        var (covariance, n) = (new float[dimensions * dimensions], points.Length / dimensions);
        for (var i = 0; i < n; i++)
        {
            var point = points.AsSpan(i * dimensions, dimensions);
            for (var a = 0; a < dimensions; a++)
                NoiseMetric.Add(point[a] / n, point, covariance.AsSpan(a * dimensions, dimensions));
        }
        return Axes(covariance, dimensions, count).Axes;
    }

    /// <summary>Orthogonal iteration: the first eigenvectors of a covariance, one after the other, and the eigenvalues.</summary>
    private static (float[] Axes, double[] Variances) Axes(float[] covariance, int dimensions, int most)
    {
        var axes = new float[most * dimensions];
        var random = new RandomStream(1, "axes");
        for (var i = 0; i < axes.Length; i++)
            axes[i] = (float)random.Normal();
        var (next, variances) = (new float[axes.Length], new double[most]);
        for (var round = 0; round < 25; round++)
        {
            for (var k = 0; k < most; k++)
                for (var d = 0; d < dimensions; d++)
                    next[(k * dimensions) + d] = NoiseMetric.Dot(covariance.AsSpan(d * dimensions, dimensions), axes.AsSpan(k * dimensions, dimensions));
            for (var k = 0; k < most; k++)
            {
                var row = next.AsSpan(k * dimensions, dimensions);
                for (var earlier = 0; earlier < k; earlier++)
                {
                    var other = next.AsSpan(earlier * dimensions, dimensions);
                    var share = NoiseMetric.Dot(row, other);
                    for (var d = 0; d < dimensions; d++)
                        row[d] -= share * other[d];
                }
                var length = MathF.Sqrt(NoiseMetric.Dot(row, row));
                variances[k] = length;
                for (var d = 0; d < dimensions; d++)
                    row[d] = length > 1e-12f ? row[d] / length : 0;
            }
            (axes, next) = (next, axes);
        }
        return (axes, variances);
    }

    /// <summary>Coordinates of a point along the axes.</summary>
    public void Project(ReadOnlySpan<float> point, Span<float> coordinates)
    {
        Span<float> centred = stackalloc float[_dimensions];
        for (var d = 0; d < _dimensions; d++)
            centred[d] = point[d] - _mean[d];
        for (var k = 0; k < Count; k++)
            coordinates[k] = NoiseMetric.Dot(_axes.AsSpan(k * _dimensions, _dimensions), centred);
    }
}
