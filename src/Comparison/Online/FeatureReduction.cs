using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// Brings the classes of a row of features to a size that can be learned from while a session runs. A class of more features
/// than wanted is projected onto so many random directions, always the same: activity of fewer dimensions than that keeps all
/// that a linear model could make of it (Johnson and Lindenstrauss). Allocates nothing after construction.
/// </summary>
public sealed class FeatureReduction
{
    private readonly FeatureGroup[] _groups;
    private readonly Matrix?[] _directions;
    private readonly double[] _features;
    private readonly int[] _sizes;

    /// <summary>Makes one.</summary>
    /// <param name="layout">What stands where in a row.</param>
    /// <param name="classes">Names of the classes that are kept, in their order.</param>
    /// <param name="most">Most features of a class.</param>
    /// <exception cref="ClosedLoopException">There is no class of a name; the message names the nearest.</exception>
    public FeatureReduction(FeatureLayout layout, IReadOnlyList<string> classes, int most)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        _groups = [.. classes.Select(name => layout[name])];
        _sizes = [.. _groups.Select(group => Math.Min(group.Count, most))];
        _directions = [.. _groups.Select(group => group.Count > most ? Draw(group, most) : null)];
        _features = new double[_groups.Select(group => group.Count).Append(0).Max()];
        Count = _sizes.Sum();
    }

    /// <summary>The classes.</summary>
    public IReadOnlyList<FeatureGroup> Groups => _groups;

    /// <summary>Features of each class that are left.</summary>
    public IReadOnlyList<int> Sizes => _sizes;

    /// <summary>Features of all of them together.</summary>
    public int Count { get; }

    /// <summary>Reduces a row.</summary>
    /// <param name="row">The row. Where a feature of a class is not finite, all that is made of the class is not.</param>
    /// <param name="reduced">Receives the features, class by class.</param>
    public void Write(ReadOnlySpan<float> row, Span<float> reduced)
    {
        var to = 0;
        for (var c = 0; c < _groups.Length; c++)
        {
            var features = _groups[c].Of(row);
            if (_directions[c] is { } directions)
            {
                for (var j = 0; j < features.Length; j++)
                    _features[j] = features[j];
                for (var i = 0; i < _sizes[c]; i++)
                    reduced[to + i] = (float)Vectors.Dot(directions.Row(i), _features.AsSpan(0, features.Length));
            }
            else
            {
                features.CopyTo(reduced[to..]);
            }
            to += _sizes[c];
        }
    }

    private static Matrix Draw(FeatureGroup group, int most)
    {
        var random = new RandomStream(1, $"directions of {group.Name}");
        var directions = new Matrix(most, group.Count);
        for (var i = 0; i < most; i++)
            foreach (ref var weight in directions.Row(i))
                weight = random.Normal() / Math.Sqrt(group.Count);
        return directions;
    }
}
