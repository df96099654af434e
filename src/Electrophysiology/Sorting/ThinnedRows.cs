namespace ClosedLoop.Electrophysiology;

/// <summary>Rows with their times, in a sixteenth of a microvolt; when it is full, every second goes, and of those that come every second is taken.</summary>
internal sealed class ThinnedRows(int capacity, int size)
{
    private const float Scale = 16;

    private readonly List<short[]> _rows = [];
    private readonly List<double> _samples = [];
    private int _every = 1, _skipped;

    public int Count => _rows.Count;

    /// <summary>How many have come for each that is held, about.</summary>
    public int Every => _every;

    public double Sample(int index) => _samples[index];

    public void Add(double sample, ReadOnlySpan<float> row)
    {
        if (++_skipped < _every)
            return;
        _skipped = 0;
        if (_rows.Count == capacity)
        {
            for (var i = 0; 2 * i < capacity; i++)
                (_rows[i], _samples[i]) = (_rows[2 * i], _samples[2 * i]);
            _rows.RemoveRange((capacity + 1) / 2, capacity / 2);
            _samples.RemoveRange((capacity + 1) / 2, capacity / 2);
            _every *= 2;
        }
        var kept = new short[size];
        for (var i = 0; i < size; i++)
            kept[i] = (short)Math.Clamp(MathF.Round(row[i] * Scale), short.MinValue, short.MaxValue);
        _rows.Add(kept);
        _samples.Add(sample);
    }

    public void Read(int index, Span<float> row)
    {
        for (var i = 0; i < size; i++)
            row[i] = _rows[index][i] * (1 / Scale);
    }
}
