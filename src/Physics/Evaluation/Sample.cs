using System.Runtime.InteropServices;

namespace ClosedLoop.Physics;

/// <summary>Numbers that were collected, and their exact quantiles. NaN, which says that there is none, is passed over.</summary>
internal sealed class Sample
{
    private readonly List<float> _values = [];
    private bool _sorted;

    public int Count => _values.Count;

    public double Sum { get; private set; }

    public double Mean => _values.Count == 0 ? double.NaN : Sum / _values.Count;

    public double Median => Quantile(0.5);

    public void Add(float value)
    {
        if (!float.IsFinite(value))
            return;
        _values.Add(value);
        Sum += value;
        _sorted = false;
    }

    public void Add(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
            Add(value);
    }

    /// <summary>The quantile, between neighbours interpolated; NaN where there are no numbers.</summary>
    public double Quantile(double quantile)
    {
        if (_values.Count == 0)
            return double.NaN;
        if (!_sorted)
            CollectionsMarshal.AsSpan(_values).Sort();
        _sorted = true;
        var place = quantile * (_values.Count - 1);
        var low = (int)place;
        var high = Math.Min(low + 1, _values.Count - 1);
        return _values[low] + ((place - low) * ((double)_values[high] - _values[low]));
    }
}
