using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// The same filter on all channels at once, causal, its state carried from block to block: so that a block's edge is
/// nothing to it. Single precision; vectors go over channels. Allocates nothing after construction.
/// </summary>
/// <remarks>
/// Four vectors of channels go through a section side by side, for what a sample becomes waits for what the last one
/// became, and a stretch of samples goes through a section before the next one has it, so that the section's state stays
/// in registers.
/// </remarks>
public sealed class FilterBank
{
    // Vectors side by side, and samples of a stretch: what they are worked on in fits the first-level cache.
    private const int Side = 4, Stretch = 64;

    // NB: without it the state of a channel that is all zeros shrinks into subnormal numbers, and those take a processor
    // many times as long. It is far below the rounding of any sample that is not zero.
    private const float Tiny = 1e-15f;

    private readonly (Vector<float> B0, Vector<float> B1, Vector<float> B2, Vector<float> MinusA1, Vector<float> MinusA2)[] _sections;
    private readonly int _channels, _lanes;
    // By Side vectors of channels: by section, the first state of each vector, then the second.
    private readonly Vector<float>[] _state;
    private readonly float[] _work, _scale;

    /// <summary>Makes a bank at rest.</summary>
    /// <param name="sections">The filter, as second-order sections.</param>
    /// <param name="unitsPerCount">By channel, what a count is: the filtered samples are in that unit.</param>
    public FilterBank(IReadOnlyList<Biquad> sections, IReadOnlyList<double> unitsPerCount)
    {
        _sections = [.. sections.Select(s => (new Vector<float>((float)s.B0), new Vector<float>((float)s.B1), new Vector<float>((float)s.B2), new Vector<float>(-(float)s.A1), new Vector<float>(-(float)s.A2)))];
        _channels = unitsPerCount.Count;
        _lanes = Side * Vector<float>.Count;
        var groups = (_channels + _lanes - 1) / _lanes;
        _state = new Vector<float>[2 * Side * _sections.Length * groups];
        (_work, _scale) = (new float[Stretch * _lanes], new float[groups * _lanes]);
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
        var perGroup = 2 * Side * _sections.Length;
        for (var from = 0; from < count; from += Stretch)
        {
            var length = Math.Min(Stretch, count - from);
            for (var (first, group) = (0, 0); first < _channels; first += _lanes, group++)
            {
                var channels = Math.Min(_lanes, _channels - first);
                Load(samples.Slice(from * _channels, length * _channels), length, first, channels);
                for (var s = 0; s < _sections.Length; s++)
                    Pass(s, length, _state.AsSpan((group * perGroup) + (2 * Side * s), 2 * Side));
                Transposition.Copy(_work, length, channels, _lanes, filtered[((first * stride) + from)..], stride);
            }
        }
    }

    /// <summary>Takes the samples of some channels in, in the unit that comes out.</summary>
    private void Load(ReadOnlySpan<short> samples, int length, int first, int channels)
    {
        var tiny = new Vector<float>(Tiny);
        if (channels == _lanes)
        {
            ref var from = ref Unsafe.Add(ref MemoryMarshal.GetReference(samples), first);
            ref var to = ref MemoryMarshal.GetArrayDataReference(_work);
            ref var scale = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_scale), first);
            var step = Vector<float>.Count;
            for (var t = 0; t < length; t++)
                for (var pair = 0; pair < Side; pair += 2)
                {
                    Vector.Widen(Vector.LoadUnsafe(ref from, (nuint)((t * _channels) + (pair * step))), out var low, out var high);
                    var at = (nuint)(pair * step);
                    Vector.FusedMultiplyAdd(Vector.ConvertToSingle(low), Vector.LoadUnsafe(ref scale, at), tiny).StoreUnsafe(ref to, (nuint)(t * _lanes) + at);
                    Vector.FusedMultiplyAdd(Vector.ConvertToSingle(high), Vector.LoadUnsafe(ref scale, at + (nuint)step), tiny).StoreUnsafe(ref to, (nuint)(t * _lanes) + at + (nuint)step);
                }
            return;
        }
        for (var t = 0; t < length; t++)
        {
            var row = _work.AsSpan(t * _lanes, _lanes);
            for (var c = 0; c < channels; c++)
                row[c] = MathF.FusedMultiplyAdd(samples[(t * _channels) + first + c], _scale[first + c], Tiny);
            row[channels..].Clear();
        }
    }

    /// <summary>Carries the samples through a section (transposed direct form II).</summary>
    private void Pass(int s, int length, Span<Vector<float>> state)
    {
        var (b0, b1, b2, minusA1, minusA2) = _sections[s];
        var (p0, p1, p2, p3) = (state[0], state[1], state[2], state[3]);
        var (q0, q1, q2, q3) = (state[4], state[5], state[6], state[7]);
        ref var work = ref Unsafe.As<float, Vector<float>>(ref MemoryMarshal.GetArrayDataReference(_work));
        for (var t = 0; t < length; t++)
        {
            ref var row = ref Unsafe.Add(ref work, Side * t);
            Step(ref row, ref p0, ref q0, b0, b1, b2, minusA1, minusA2);
            Step(ref Unsafe.Add(ref row, 1), ref p1, ref q1, b0, b1, b2, minusA1, minusA2);
            Step(ref Unsafe.Add(ref row, 2), ref p2, ref q2, b0, b1, b2, minusA1, minusA2);
            Step(ref Unsafe.Add(ref row, 3), ref p3, ref q3, b0, b1, b2, minusA1, minusA2);
        }
        (state[0], state[1], state[2], state[3]) = (p0, p1, p2, p3);
        (state[4], state[5], state[6], state[7]) = (q0, q1, q2, q3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(ref Vector<float> sample, ref Vector<float> p, ref Vector<float> q, Vector<float> b0, Vector<float> b1, Vector<float> b2, Vector<float> minusA1, Vector<float> minusA2)
    {
        var x = sample;
        var y = Vector.FusedMultiplyAdd(b0, x, p);
        // NB: what does not wait for y comes first; the next sample waits for this one's y and two additions.
        p = Vector.FusedMultiplyAdd(minusA1, y, Vector.FusedMultiplyAdd(b1, x, q));
        q = Vector.FusedMultiplyAdd(minusA2, y, b2 * x);
        sample = y;
    }
}
