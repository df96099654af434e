using System.Numerics;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Events as they were cut out, in a sixteenth of a microvolt, with their samples and units: a bounded number. Allocates
/// nothing after construction.
/// </summary>
internal sealed class EventStore
{
    private const float Scale = 16;

    private readonly short[] _windows;
    private readonly long[] _samples;
    private readonly int[] _units;
    private readonly int _size;
    private long _added, _removed;

    public EventStore(int capacity, int size)
    {
        (Capacity, _size) = (capacity, size);
        (_windows, _samples, _units) = (new short[capacity * size], new long[capacity], new int[capacity]);
    }

    private EventStore(EventStore other)
        : this(other.Count, other._size)
    {
        for (var i = 0; i < Capacity; i++)
        {
            var slot = other.Slot(i);
            other._windows.AsSpan(slot * _size, _size).CopyTo(_windows.AsSpan(i * _size));
            (_samples[i], _units[i]) = (other._samples[slot], other._units[slot]);
        }
        _added = Capacity;
    }

    public int Capacity { get; }

    public int Count => (int)(_added - _removed);

    /// <summary>Takes an event in, where there is room. NB: those that are held stay where they are, and another thread may read them meanwhile.</summary>
    public bool TryAdd(long sample, int unit, ReadOnlySpan<float> window)
    {
        if (Count == Capacity)
            return false;
        Add(sample, unit, window);
        return true;
    }

    /// <summary>Takes an event in; where there is no room, the oldest goes for it.</summary>
    public void Add(long sample, int unit, ReadOnlySpan<float> window)
    {
        if (Count == Capacity)
            _removed++;
        var slot = (int)(_added++ % Capacity);
        (_samples[slot], _units[slot]) = (sample, unit);
        var to = _windows.AsSpan(slot * _size, _size);
        for (var i = 0; i < to.Length; i++)
            to[i] = (short)Math.Clamp(MathF.Round(window[i] * Scale), short.MinValue, short.MaxValue);
    }

    /// <summary>Lets the oldest go.</summary>
    public void Remove() => _removed++;

    /// <summary>Reads an event; 0 is the oldest that is held.</summary>
    public long Read(int index, Span<float> window)
    {
        var slot = Slot(index);
        var from = _windows.AsSpan(slot * _size, _size);
        var i = 0;
        for (; i + Vector<short>.Count <= from.Length; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(from[i..]), out var low, out var high);
            (Vector.ConvertToSingle(low) * (1 / Scale)).CopyTo(window[i..]);
            (Vector.ConvertToSingle(high) * (1 / Scale)).CopyTo(window[(i + Vector<int>.Count)..]);
        }
        for (; i < from.Length; i++)
            window[i] = from[i] * (1 / Scale);
        return _samples[slot];
    }

    public long Sample(int index) => _samples[Slot(index)];

    public int Unit(int index) => _units[Slot(index)];

    /// <summary>Calls all events of one unit another's.</summary>
    public void Relabel(int unit, int to)
    {
        foreach (ref var label in _units.AsSpan())
            if (label == unit)
                label = to;
    }

    /// <summary>What is held now, for another thread.</summary>
    public EventStore Copy() => new(this);

    public void Clear() => _removed = _added;

    private int Slot(int index) => (int)((_removed + index) % Capacity);
}
