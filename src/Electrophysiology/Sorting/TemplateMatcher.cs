using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Explains an event by templates: which, when (to a part of a sample) and how strong, so that the residual is shortest in
/// units of the noise. Amplitudes are normal about 1 and delays about 0, as in Kilosort's first model (Pachitariu et al.
/// 2016). Most events are one spike: its neighbourhood alone is searched, and where what is left is noise, that is all.
/// Where it is not, spikes are subtracted one after the other, the best first, each is fitted anew beside the others, and
/// other beginnings are tried; the explanation that gains most is taken. Allocates nothing once templates are set.
/// </summary>
internal sealed class TemplateMatcher
{
    public const int MostSpikes = 5;
    private const int Near = 3, ShiftsAtOnce = 8;
    private const float QuietLevel = 4, LeastAmplitude = 0.45f, MostAmplitude = 1.7f;
    // Standard deviation of a delay within a sample.
    private const float DelayPrecision = 12;

    private readonly SortingOptions _options;
    private readonly int _wires, _window, _stride;
    private readonly float[] _trace, _residual, _snippet;
    private readonly TemplateMatch[] _tried = new TemplateMatch[MostSpikes];
    private readonly float _precision, _leastGain;

    public TemplateMatcher(int wires, NoiseMetric metric, SortingOptions options)
    {
        (_wires, _options, Metric) = (wires, options, metric);
        _window = options.Window;
        // NB: filters are padded to whole vectors; what they read beyond a row they multiply by zero.
        _stride = _window + 8;
        (_trace, _residual) = (new float[(wires * _stride) + 16], new float[(wires * _stride) + 16]);
        _snippet = new float[wires * options.Length];
        _precision = (float)(1 / (options.AmplitudeSpread * options.AmplitudeSpread));
        _leastGain = (float)options.LeastGain;
    }

    public NoiseMetric Metric { get; }

    public List<UnitTemplate> Templates { get; } = [];

    /// <summary>Whether the last event was one spike and noise.</summary>
    public bool Single { get; private set; }

    /// <summary>Whether something is left of the last event that no template explains.</summary>
    public bool Unexplained { get; private set; }

    /// <summary>What is left of the last event, at a match: wire by wire.</summary>
    public ReadOnlySpan<float> ResidualAt(int shift)
    {
        Cut(_residual, shift, _snippet);
        return _snippet;
    }

    /// <summary>Explains an event.</summary>
    /// <param name="window">The event, wire by wire.</param>
    /// <param name="depth">How many times the noise its trough is below zero.</param>
    /// <param name="levels">By wire, standard deviation of the noise.</param>
    /// <param name="found">Receives the spikes.</param>
    /// <returns>How many.</returns>
    public int Match(ReadOnlySpan<float> window, float depth, ReadOnlySpan<float> levels, Span<TemplateMatch> found)
    {
        Load(window);
        (Single, Unexplained) = (false, false);
        var best = Search(-Near, Near, []);
        if (!Enough(best) && depth < _options.Threshold)
            return 0;
        if (Enough(best))
        {
            Subtract(best, 1);
            // NB: beyond its template's end a large spike still swings, by more than the noise.
            if (Quiet(levels, _options.Margin + best.Shift, _window - _options.Margin + best.Shift) && Fits(best, 5, 0.03f))
            {
                Single = true;
                found[0] = best;
                return 1;
            }
            _trace.CopyTo(_residual, 0);
        }
        return Explain(depth, levels, found);
    }

    /// <summary>Squared length, in the directions in which spikes lie, of what the best template near the trough leaves of an event.</summary>
    public float Misfit(ReadOnlySpan<float> window)
    {
        LeftOver(window, out _);
        return Metric.Subspace!.Squared(_snippet);
    }

    /// <summary>Squared length of what the best template near the trough leaves of an event.</summary>
    public float LeftOver(ReadOnlySpan<float> window, out TemplateMatch best)
    {
        Load(window);
        best = Search(-Near, Near, []);
        if (best.Gain > 0)
            Subtract(best, 1);
        return Left(best);
    }

    private void Load(ReadOnlySpan<float> window)
    {
        for (var w = 0; w < _wires; w++)
            window.Slice(w * _window, _window).CopyTo(_trace.AsSpan(w * _stride));
        _trace.CopyTo(_residual, 0);
    }

    private int Explain(float depth, ReadOnlySpan<float> levels, Span<TemplateMatch> found)
    {
        var count = Pursue(default, found);
        // NB: what is left in the middle counts; at the ends of the window the neighbours' own events see to it.
        if (!Quiet(levels, _options.Margin, _window - _options.Margin))
        {
            var (least, began) = (Cost(found[..count]), count > 0 ? found[0].Template : -1);
            for (var k = 0; k < Templates.Count; k++)
            {
                _trace.CopyTo(_residual, 0);
                if (k == began || Fit(k, -Near, Near) is var first && !Enough(first))
                    continue;
                var tried = Pursue(first, _tried);
                if (Cost(_tried.AsSpan(0, tried)) is var cost && cost < least)
                {
                    (least, count) = (cost, tried);
                    _tried.AsSpan(0, tried).CopyTo(found);
                }
            }
            _trace.CopyTo(_residual, 0);
            foreach (var match in found[..count])
                Subtract(match, 1);
        }
        // A spike of another neuron, of which a template explains a part, is none of its unit's.
        for (var i = count - 1; i >= 0; i--)
            if (!Fits(found[i], 6, 0.06f))
            {
                Subtract(found[i], -1);
                found[i] = found[--count];
            }
        Unexplained = depth >= _options.Threshold && (count == 0 || Deep(levels));
        return count;
    }

    private bool Enough(in TemplateMatch match) => match.Gain > 0 && match.Gain >= Templates[match.Template].LeastGain;

    /// <summary>Subtracts the best of what is left until none gains enough, then fits each anew beside the others.</summary>
    private int Pursue(TemplateMatch first, Span<TemplateMatch> found)
    {
        var count = 0;
        if (first.Gain > 0)
        {
            Subtract(first, 1);
            found[count++] = first;
        }
        var reach = _options.Margin;
        while (count < MostSpikes)
        {
            var next = Search(-reach, reach, found[..count]);
            if (!Enough(next))
                break;
            Subtract(next, 1);
            found[count++] = next;
        }
        for (var round = 0; round < 2 && count > 1; round++)
        {
            var changed = false;
            for (var i = 0; i < count; i++)
            {
                var old = found[i];
                Subtract(old, -1);
                // The others stand; this one is sought again where it was not.
                found[i] = found[count - 1];
                var again = Search(-reach, reach, found[..(count - 1)]);
                found[count - 1] = found[i];
                if (!Enough(again))
                {
                    found[i] = found[--count];
                    i--;
                    changed = true;
                    continue;
                }
                changed |= again.Template != old.Template || again.Shift != old.Shift;
                Subtract(again, 1);
                found[i] = again;
            }
            if (!changed)
                break;
        }
        return count;
    }

    /// <summary>Squared length of the residual, in two pieces about the trough, and what each spike costs.</summary>
    private float Cost(ReadOnlySpan<TemplateMatch> found)
    {
        var half = Math.Min(_options.Margin, _options.Length / 2);
        Cut(_residual, -half, _snippet);
        var cost = Metric.Squared(_snippet);
        Cut(_residual, half, _snippet);
        cost += Metric.Squared(_snippet);
        foreach (var match in found)
            cost += _leastGain + ((match.Amplitude - 1) * (match.Amplitude - 1) * _precision);
        return cost;
    }

    /// <summary>The best template anywhere between two shifts.</summary>
    private TemplateMatch Search(int from, int to, ReadOnlySpan<TemplateMatch> taken)
    {
        TemplateMatch best = default;
        var second = 0f;
        for (var k = 0; k < Templates.Count; k++)
        {
            var fit = Fit(k, from, to, taken);
            if (fit.Gain > best.Gain)
            {
                if (best.Gain > second && Templates[best.Template].Unit != Templates[k].Unit)
                    second = best.Gain;
                best = fit;
            }
            else if (fit.Gain > second && Templates[best.Template].Unit != Templates[k].Unit)
                second = fit.Gain;
        }
        return best with { Margin = best.Gain - second };
    }

    /// <summary>Where and how strong one template fits best.</summary>
    private TemplateMatch Fit(int k, int from, int to, ReadOnlySpan<TemplateMatch> taken = default)
    {
        var template = Templates[k];
        TemplateMatch best = default;
        Span<float> products = stackalloc float[to - from + ShiftsAtOnce];
        for (var s = from; s <= to; s += ShiftsAtOnce)
            Products(template, s, products[(s - from)..]);
        for (var s = from; s <= to; s++)
        {
            var blocked = false;
            // A unit does not fire twice within half a millisecond.
            foreach (var other in taken)
                blocked |= Templates[other.Template].Unit == template.Unit && Math.Abs(other.Shift - s) < _options.Apart;
            if (blocked)
                continue;
            var product = products[s - from];
            var amplitude = Math.Clamp((product + _precision) / (template.Energy + _precision), LeastAmplitude, MostAmplitude);
            var gain = (2 * amplitude * product) - (amplitude * amplitude * template.Energy) - ((amplitude - 1) * (amplitude - 1) * _precision);
            if (gain > best.Gain)
                best = new(k, s, 0, amplitude, gain, 0);
        }
        if (best.Gain <= 0)
            return best;
        var slope = Product(template.SlopeFilter, template, best.Shift) - (best.Amplitude * template.Cross);
        var scaled = Math.Clamp(slope / (template.SlopeEnergy + DelayPrecision), -0.6f * best.Amplitude, 0.6f * best.Amplitude);
        return best with { Delay = -scaled / best.Amplitude, Gain = best.Gain + (2 * scaled * slope) - (scaled * scaled * (template.SlopeEnergy + DelayPrecision)) };
    }

    /// <summary>Products with the template's filter at a shift and the seven after it: each vector of the filter is read once for all.</summary>
    /// <remarks>NB: what is read beyond the window's end is the room behind each wire; those shifts are not asked for.</remarks>
    private void Products(UnitTemplate template, int shift, Span<float> products)
    {
        ref var filter = ref MemoryMarshal.GetArrayDataReference(template.Filter);
        ref var from = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_residual), _options.Margin + shift);
        Vector<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (var w = 0; w < _wires; w++)
            for (var i = 0; i + Vector<float>.Count <= template.Padded; i += Vector<float>.Count)
            {
                var times = Vector.LoadUnsafe(ref filter, (nuint)((w * template.Padded) + i));
                ref var x = ref Unsafe.Add(ref from, (w * _stride) + i);
                a = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref x), a);
                b = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref x, 1), b);
                c = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref x, 2), c);
                d = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref x, 3), d);
                e = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref x, 4), e);
                f = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref x, 5), f);
                g = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref x, 6), g);
                h = Vector.FusedMultiplyAdd(times, Vector.LoadUnsafe(ref x, 7), h);
            }
        (products[0], products[1], products[2], products[3]) = (Vector.Sum(a), Vector.Sum(b), Vector.Sum(c), Vector.Sum(d));
        (products[4], products[5], products[6], products[7]) = (Vector.Sum(e), Vector.Sum(f), Vector.Sum(g), Vector.Sum(h));
    }

    private float Product(float[] filter, UnitTemplate template, int shift)
    {
        ref var f = ref MemoryMarshal.GetArrayDataReference(filter);
        ref var x = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_residual), _options.Margin + shift);
        var (a, b) = (Vector<float>.Zero, Vector<float>.Zero);
        var step = (nuint)Vector<float>.Count;
        for (var w = 0; w < _wires; w++)
        {
            var (row, at) = ((nuint)(w * template.Padded), (nuint)(w * _stride));
            nuint i = 0;
            for (; i + (2 * step) <= (nuint)template.Padded; i += 2 * step)
            {
                a = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref f, row + i), Vector.LoadUnsafe(ref x, at + i), a);
                b = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref f, row + i + step), Vector.LoadUnsafe(ref x, at + i + step), b);
            }
            for (; i + step <= (nuint)template.Padded; i += step)
                a = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref f, row + i), Vector.LoadUnsafe(ref x, at + i), a);
        }
        return Vector.Sum(a + b);
    }

    private void Subtract(in TemplateMatch match, float sign)
    {
        var template = Templates[match.Template];
        var scale = -sign * match.Amplitude;
        var slope = sign * match.Amplitude * match.Delay;
        for (var w = 0; w < _wires; w++)
        {
            var row = _residual.AsSpan((w * _stride) + _options.Margin + match.Shift, template.Length);
            var shape = template.Shape.AsSpan(w * template.Length, template.Length);
            var change = template.Slope.AsSpan(w * template.Length, template.Length);
            for (var i = 0; i < row.Length; i++)
                row[i] += (scale * shape[i]) + (slope * change[i]);
        }
    }

    /// <summary>Whether no trough is left.</summary>
    private bool Quiet(ReadOnlySpan<float> levels, int from, int to)
    {
        for (var w = 0; w < _wires; w++)
        {
            var least = -QuietLevel * levels[w];
            foreach (var x in _residual.AsSpan((w * _stride) + from, to - from))
                if (x < least)
                    return false;
        }
        return true;
    }

    /// <summary>Whether a trough is left where the event's was.</summary>
    private bool Deep(ReadOnlySpan<float> levels)
    {
        var trough = _options.Margin + _options.Before;
        for (var w = 0; w < _wires; w++)
            for (var t = trough - Near; t <= trough + Near; t++)
                if (_residual[(w * _stride) + t] < -_options.Threshold * levels[w])
                    return true;
        return false;
    }

    /// <summary>
    /// Whether what is left of a spike, in the directions in which spikes lie, is noise (so many times its spread above its
    /// mean) and a share of the spike's energy, by which its shape varies.
    /// </summary>
    private bool Fits(in TemplateMatch match, float spreads, float share)
    {
        Cut(_residual, match.Shift, _snippet);
        var (noise, left) = Metric.Subspace is { } subspace ? (subspace.Count, subspace.Squared(_snippet)) : (Metric.NoiseSquared, Metric.Squared(_snippet));
        var template = Templates[match.Template];
        return left < (template.Spread * (noise + (spreads * MathF.Sqrt(2 * noise)))) + (share * match.Amplitude * match.Amplitude * template.Energy);
    }

    /// <summary>Squared length of what is left of a spike.</summary>
    public float Left(in TemplateMatch match)
    {
        Cut(_residual, match.Shift, _snippet);
        return Metric.Squared(_snippet);
    }

    private void Cut(float[] trace, int shift, float[] snippet)
    {
        for (var w = 0; w < _wires; w++)
            trace.AsSpan((w * _stride) + _options.Margin + shift, _options.Length).CopyTo(snippet.AsSpan(w * _options.Length));
    }
}
