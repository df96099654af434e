using System.Numerics;
using System.Runtime.InteropServices;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// The same filter on all channels at once, causal, its state carried from block to block: so that a block's edge is
/// nothing to it. Single precision; vectors go over channels. Allocates nothing after construction.
/// </summary>
public sealed class FilterBank
{
    private readonly Biquad[] _sections;
    private readonly int _channels, _padded;
    private readonly float[] _state, _row;
    private readonly float[] _scale;

    /// <summary>Makes a bank at rest.</summary>
    /// <param name="sections">The filter, as second-order sections.</param>
    /// <param name="unitsPerCount">By channel, what a count is: the filtered samples are in that unit.</param>
    public FilterBank(IReadOnlyList<Biquad> sections, IReadOnlyList<double> unitsPerCount)
    {
        _sections = [.. sections];
        _channels = unitsPerCount.Count;
        _padded = (_channels + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        _state = new float[2 * _sections.Length * _padded];
        (_row, _scale) = (new float[_padded], new float[_padded]);
        for (var i = 0; i < _channels; i++)
            _scale[i] = (float)unitsPerCount[i];
    }

    /// <summary>Forgets what came before, as after a gap.</summary>
    public void Reset() => Array.Clear(_state);

    /// <summary>Filters a block.</summary>
    /// <param name="samples">Counts, sample by sample: all channels of the first, then of the second.</param>
    /// <param name="count">Samples per channel.</param>
    /// <param name="filtered">Receives the filtered samples, channel by channel.</param>
    /// <param name="stride">Numbers from a channel's first sample to the next channel's.</param>
    public void Process(ReadOnlySpan<short> samples, int count, Span<float> filtered, int stride)
    {
        for (var t = 0; t < count; t++)
        {
            var counts = samples.Slice(t * _channels, _channels);
            for (var c = 0; c < counts.Length; c++)
                _row[c] = counts[c] * _scale[c];
            Step();
            for (var c = 0; c < _channels; c++)
                filtered[(c * stride) + t] = _row[c];
        }
    }

    /// <summary>Carries one sample of all channels through all sections (transposed direct form II).</summary>
    private void Step()
    {
        var row = MemoryMarshal.Cast<float, Vector<float>>(_row.AsSpan());
        var state = MemoryMarshal.Cast<float, Vector<float>>(_state.AsSpan());
        for (var s = 0; s < _sections.Length; s++)
        {
            var section = _sections[s];
            Vector<float> b0 = new((float)section.B0), b1 = new((float)section.B1), b2 = new((float)section.B2), a1 = new((float)section.A1), a2 = new((float)section.A2);
            var first = state.Slice(2 * s * row.Length, row.Length);
            var second = state.Slice(((2 * s) + 1) * row.Length, row.Length);
            for (var v = 0; v < row.Length; v++)
            {
                var x = row[v];
                var y = (b0 * x) + first[v];
                first[v] = (b1 * x) - (a1 * y) + second[v];
                second[v] = (b2 * x) - (a2 * y);
                row[v] = y;
            }
        }
    }
}
