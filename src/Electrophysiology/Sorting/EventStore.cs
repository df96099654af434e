using System.Numerics;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Events as they were cut out, in eight bits of what each wire comes to at most (of a spike of 300 microvolts, steps of
/// 2.4, a tenth of the noise in error), with their samples and units: a bounded number. Allocates nothing after construction.
/// </summary>
internal sealed class EventStore
{
    private readonly sbyte[] _windows;
    private readonly float[] _scales;
    private readonly long[] _samples;
    private readonly int[] _units;
    private readonly int _wires, _length, _size;
    private long _added, _removed;

    /// <summary>Makes a store that holds nothing.</summary>
    /// <param name="capacity">Most events.</param>
    /// <param name="wires">Wires of an event.</param>
    /// <param name="length">Samples of a wire.</param>
    public EventStore(int capacity, int wires, int length)
    {
        (Capacity, _wires, _length, _size) = (capacity, wires, length, wires * length);
        (_windows, _scales, _samples, _units) = (new sbyte[capacity * _size], new float[capacity * wires], new long[capacity], new int[capacity]);
    }

    private EventStore(EventStore other)
        : this(other.Count, other._wires, other._length)
    {
        for (var i = 0; i < Capacity; i++)
        {
            var slot = other.Slot(i);
            other._windows.AsSpan(slot * _size, _size).CopyTo(_windows.AsSpan(i * _size));
            other._scales.AsSpan(slot * _wires, _wires).CopyTo(_scales.AsSpan(i * _wires));
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
        for (var w = 0; w < _wires; w++)
        {
            var from = window.Slice(w * _length, _length);
            var to = _windows.AsSpan((slot * _size) + (w * _length), _length);
            var most = 0f;
            foreach (var x in from)
                most = Math.Max(most, Math.Abs(x));
            var scale = most > 0 ? sbyte.MaxValue / most : 0;
            _scales[(slot * _wires) + w] = most / sbyte.MaxValue;
            for (var i = 0; i < to.Length; i++)
                to[i] = (sbyte)MathF.Round(from[i] * scale);
        }
    }

    /// <summary>Lets the oldest go.</summary>
    public void Remove() => _removed++;

    /// <summary>Reads an event; 0 is the oldest that is held.</summary>
    public long Read(int index, Span<float> window)
    {
        var slot = Slot(index);
        for (var w = 0; w < _wires; w++)
        {
            var from = _windows.AsSpan((slot * _size) + (w * _length), _length);
            var to = window.Slice(w * _length, _length);
            var scale = _scales[(slot * _wires) + w];
            var i = 0;
            for (; i + Vector<sbyte>.Count <= from.Length; i += Vector<sbyte>.Count)
            {
                Vector.Widen(new Vector<sbyte>(from[i..]), out var low, out var high);
                Widen(low, scale, to[i..]);
                Widen(high, scale, to[(i + Vector<short>.Count)..]);
            }
            for (; i < from.Length; i++)
                to[i] = from[i] * scale;
        }
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

    private static void Widen(Vector<short> numbers, float scale, Span<float> to)
    {
        Vector.Widen(numbers, out var low, out var high);
        (Vector.ConvertToSingle(low) * scale).CopyTo(to);
        (Vector.ConvertToSingle(high) * scale).CopyTo(to[Vector<int>.Count..]);
    }

    private int Slot(int index) => (int)((_removed + index) % Capacity);
}
