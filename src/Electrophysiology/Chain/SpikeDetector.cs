using System.Numerics;
using System.Runtime.InteropServices;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Finds spikes on the wires of tetrodes: troughs deeper than a multiple of the noise, the deepest of half a millisecond,
/// deepest relative to its own wire's noise. Keeps the end of each block, so that a spike across the edge of two is found
/// as if there were no edge. Allocates nothing after construction.
/// </summary>
public sealed class SpikeDetector
{
    private readonly DetectorOptions _options;
    private readonly int[][] _tetrodes;
    private readonly float[] _history, _snippet, _perNoise;
    private readonly long[] _next;
    private readonly int _kept, _stride;
    private long _expected = long.MinValue;
    private int _held;

    /// <summary>Makes a detector.</summary>
    /// <param name="tetrodes">The channels of each tetrode (any number of wires).</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="blockCapacity">Most samples of a block.</param>
    /// <param name="options">What counts as a spike.</param>
    public SpikeDetector(IReadOnlyList<IReadOnlyList<int>> tetrodes, int channels, int blockCapacity, DetectorOptions? options = null)
    {
        _options = options ?? new();
        _options.Check();
        _tetrodes = [.. tetrodes.Select(wires => wires.ToArray())];
        _kept = _options.Before + _options.Apart + _options.After;
        _stride = _kept + blockCapacity;
        _history = new float[channels * _stride];
        _snippet = new float[_tetrodes.Max(wires => wires.Length) * _options.Length];
        _perNoise = new float[channels];
        _next = new long[_tetrodes.Length];
        Array.Fill(_next, long.MinValue);
    }

    /// <summary>Samples that pass between a trough and its spike's being told, at most, without the block's own length.</summary>
    public int DelaySamples => _options.Apart + _options.After;

    /// <summary>Looks for spikes in a block and what was left of the last.</summary>
    /// <param name="samples">Filtered samples, channel by channel.</param>
    /// <param name="count">Samples per channel.</param>
    /// <param name="stride">Numbers from a channel's first sample to the next channel's.</param>
    /// <param name="firstSample">The device's number of the first. Where it does not follow the last block, nothing is looked for across the gap.</param>
    /// <param name="noise">Standard deviation of each channel's noise; NaN or 0: no spikes on that wire.</param>
    /// <param name="sink">Told of each spike, tetrode after tetrode, in order of time within each.</param>
    public void Process(ReadOnlySpan<float> samples, int count, int stride, long firstSample, ReadOnlySpan<float> noise, ISpikeSink sink)
    {
        if (count > _stride - _kept)
            throw new ArgumentException($"a block of {count} samples was given, and {_stride - _kept} are the most", nameof(count));
        if (firstSample != _expected)
        {
            _held = 0;
            Array.Fill(_next, long.MinValue);
        }
        _expected = firstSample + count;
        var channels = _history.Length / _stride;
        for (var c = 0; c < channels; c++)
            samples.Slice(c * stride, count).CopyTo(_history.AsSpan((c * _stride) + _held));
        for (var c = 0; c < channels; c++)
            // A wire without noise has no spikes.
            _perNoise[c] = noise[c] > 0 ? 1 / noise[c] : 0;
        var length = _held + count;
        var origin = firstSample - _held;
        for (var tetrode = 0; tetrode < _tetrodes.Length; tetrode++)
            Search(tetrode, length, origin, noise, sink);
        // What a snippet of a later spike may need.
        var keep = Math.Min(_kept, length);
        for (var c = 0; c < channels; c++)
            _history.AsSpan((c * _stride) + length - keep, keep).CopyTo(_history.AsSpan(c * _stride));
        _held = keep;
    }

    private void Search(int tetrode, int length, long origin, ReadOnlySpan<float> noise, ISpikeSink sink)
    {
        var wires = _tetrodes[tetrode];
        var end = length - _options.Apart - _options.After;
        var from = _next[tetrode] == long.MinValue ? _options.Before : (int)Math.Max(_options.Before, _next[tetrode] - origin);
        var t = from;
        while ((t = Crossing(wires, t, end, noise)) < end)
        {
            var (trough, depth) = (t, 0.0);
            for (var later = t; later < t + _options.Apart; later++)
                if (Depth(wires, later, noise) is var found && found > depth)
                    (trough, depth) = (later, found);
            for (var w = 0; w < wires.Length; w++)
                _history.AsSpan((wires[w] * _stride) + trough - _options.Before, _options.Length).CopyTo(_snippet.AsSpan(w * _options.Length));
            sink.Take(tetrode, origin + trough, _snippet.AsSpan(0, wires.Length * _options.Length));
            t = trough + _options.Apart;
        }
        // NB: beyond the end where the last spike's half millisecond goes beyond it.
        _next[tetrode] = origin + t;
    }

    /// <summary>The first sample at which a wire is deep enough, from one place to another; the other where there is none.</summary>
    private int Crossing(int[] wires, int from, int to, ReadOnlySpan<float> noise)
    {
        ref var history = ref MemoryMarshal.GetArrayDataReference(_history);
        var almost = new Vector<float>((float)(-0.9999 * _options.Threshold));
        while (from < to)
        {
            if (from + Vector<float>.Count <= to)
            {
                var lowest = new Vector<float>(float.PositiveInfinity);
                foreach (var wire in wires)
                    lowest = Vector.Min(lowest, Vector.LoadUnsafe(ref history, (nuint)((wire * _stride) + from)) * new Vector<float>(_perNoise[wire]));
                // A hair less than the threshold, for the quotient itself decides below.
                if (!Vector.LessThanAny(lowest, almost))
                {
                    from += Vector<float>.Count;
                    continue;
                }
            }
            for (var until = Math.Min(to, from + Vector<float>.Count); from < until; from++)
                if (Depth(wires, from, noise) >= _options.Threshold)
                    return from;
        }
        return Math.Max(from, to);
    }

    /// <summary>How many times its noise the deepest wire is below zero.</summary>
    private double Depth(int[] wires, int t, ReadOnlySpan<float> noise)
    {
        var depth = 0f;
        foreach (var wire in wires)
        {
            var found = -_history[(wire * _stride) + t] / noise[wire];
            if (found > depth && noise[wire] > 0)
                depth = found;
        }
        return depth;
    }
}
