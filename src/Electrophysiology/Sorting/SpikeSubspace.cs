namespace ClosedLoop.Electrophysiology;

/// <summary>
/// The directions in which a tetrode's spikes can lie: on each wire the few waveforms that all of its spikes are made of.
/// Noise fills the other directions too. A difference between two neurons is in these alone, and it is seen in twenty
/// directions where it is lost in a hundred and more: by sampling alone the largest variance of n points of noise in d
/// directions is (1 + sqrt(d / n))^2 (Marchenko and Pastur 1967), and the squared length of noise is d, give or take its root.
/// </summary>
internal sealed class SpikeSubspace
{
    // Waveforms of a wire: trough, width and hump vary, and when the trough comes.
    private const int Waveforms = 5;

    private readonly float[] _filters;
    private readonly int _dimensions;

    private SpikeSubspace(float[] filters, int dimensions) => (_filters, _dimensions) = (filters, dimensions);

    /// <summary>Number of directions.</summary>
    public int Count => _filters.Length / _dimensions;

    /// <summary>Snippets times the inverse covariance, direction by direction: what a state keeps.</summary>
    public IReadOnlyList<float> Filters => _filters;

    /// <summary>Finds the directions.</summary>
    /// <param name="rows">Waveforms of single wires that are more than noise, in microvolts, row by row.</param>
    /// <param name="wires">Wires of the tetrode.</param>
    /// <param name="metric">The noise.</param>
    public static SpikeSubspace Of(float[] rows, int wires, NoiseMetric metric)
    {
        var dimensions = metric.Dimensions;
        var length = dimensions / wires;
        var most = Math.Min(Waveforms, length);
        var waveforms = PrincipalComponents.AboutZero(rows, length, most);
        var (axes, filters) = (new List<float[]>(), new List<float[]>());
        for (var w = 0; w < wires; w++)
            for (var k = 0; k < most; k++)
            {
                var axis = new float[dimensions];
                waveforms.AsSpan(k * length, length).CopyTo(axis.AsSpan(w * length));
                if (Orthogonal(axis, axes, filters, metric) is not { } filter)
                    continue;
                axes.Add(axis);
                filters.Add(filter);
            }
        return new([.. filters.SelectMany(filter => filter)], dimensions);
    }

    /// <summary>Makes a subspace again of what it was made of.</summary>
    public static SpikeSubspace Restore(float[] filters, int dimensions) => new(filters, dimensions);

    /// <summary>Coordinates of a snippet; the noise's spread is 1 in each, and they do not depend on each other.</summary>
    public void Project(ReadOnlySpan<float> snippet, Span<float> coordinates)
    {
        for (var k = 0; k < coordinates.Length; k++)
            coordinates[k] = NoiseMetric.Dot(_filters.AsSpan(k * _dimensions, _dimensions), snippet);
    }

    /// <summary>Squared length of a snippet in these directions: of noise, about their number.</summary>
    public float Squared(ReadOnlySpan<float> snippet)
    {
        var sum = 0f;
        for (var at = 0; at < _filters.Length; at += _dimensions)
        {
            var share = NoiseMetric.Dot(_filters.AsSpan(at, _dimensions), snippet);
            sum += share * share;
        }
        return sum;
    }

    /// <summary>Makes a direction independent of those before it and gives it length 1: twice, for rounding. Null where nothing is left of it.</summary>
    private static float[]? Orthogonal(float[] axis, List<float[]> axes, List<float[]> filters, NoiseMetric metric)
    {
        var filter = new float[axis.Length];
        for (var round = 0; round < 2; round++)
        {
            for (var k = 0; k < axes.Count; k++)
            {
                var share = NoiseMetric.Dot(filters[k], axis);
                for (var d = 0; d < axis.Length; d++)
                    axis[d] -= share * axes[k][d];
            }
            metric.Filter(axis, filter);
            var squared = NoiseMetric.Dot(axis, filter);
            if (!(squared > 1e-6f))
                return null;
            var scale = 1 / MathF.Sqrt(squared);
            for (var d = 0; d < axis.Length; d++)
                (axis[d], filter[d]) = (axis[d] * scale, filter[d] * scale);
        }
        return filter;
    }
}
