namespace ClosedLoop.PoseTracking;

/// <summary>Which pixels along one axis make each output pixel, and with what weights. Pixels outside the image weigh nothing.</summary>
internal sealed class ResamplingTable
{
    private readonly int _outputs;
    private readonly int _sources;
    private readonly float[] _weights;
    private readonly int[] _starts;

    /// <summary>Makes room for tables from an axis of so many pixels.</summary>
    public ResamplingTable(int outputs, int sources)
    {
        (_outputs, _sources) = (outputs, sources);
        // Two taps at least, and never more than there are pixels.
        _weights = new float[outputs * Math.Max(2, sources)];
        _starts = new int[outputs];
    }

    /// <summary>Pixels an output is made of, the same for all.</summary>
    public int Taps { get; private set; }

    /// <summary>First of them per output; start + taps never passes the image's end.</summary>
    public ReadOnlySpan<int> Starts => _starts;

    /// <summary>Their weights, <see cref="Taps"/> per output.</summary>
    public ReadOnlySpan<float> Weights => _weights.AsSpan(0, _outputs * Taps);

    /// <summary>First source pixel that any output needs.</summary>
    public int First { get; private set; }

    /// <summary>One past the last.</summary>
    public int End { get; private set; }

    /// <summary>
    /// Output i takes the place first + i x step. Up to a step of 2 by interpolation between two pixels; beyond that
    /// by a triangle as wide as two steps, so that no detail between the samples is folded into them.
    /// </summary>
    public void Interpolate(double first, double step)
    {
        var reach = step > 2 ? step : 1;
        Prepare((int)Math.Min(_sources, Math.Ceiling(2 * reach) + 1), reach == 1);
        for (var i = 0; i < _outputs; i++)
        {
            var centre = first + (i * step);
            if (!(centre > -reach && centre < _sources - 1 + reach))
                continue;
            var from = (int)Math.Floor(centre - reach) + 1;
            var start = Place(i, from);
            var weights = _weights.AsSpan(i * Taps, Taps);
            var sum = 0.0;
            for (var p = from; p < centre + reach; p++)
            {
                var weight = 1 - (Math.Abs(p - centre) / reach);
                sum += weight;
                if (p >= start && p < start + Taps && p < _sources)
                    weights[p - start] = (float)weight;
            }
            // Weights outside the image count too: what lies there is black.
            foreach (ref var weight in weights)
                weight = (float)(weight / sum);
        }
    }

    /// <summary>Output i is the mean over the pixels from edge first + i x step to the next, counted from the image's edge.</summary>
    public void Average(double first, double step)
    {
        Prepare((int)Math.Min(_sources, Math.Ceiling(step) + 1), false);
        for (var i = 0; i < _outputs; i++)
        {
            var (from, to) = (first + (i * step), first + ((i + 1) * step));
            if (!(to > 0 && from < _sources))
                continue;
            var start = Place(i, (int)Math.Floor(from));
            for (var t = 0; t < Taps; t++)
            {
                var covered = Math.Min(to, start + t + 1) - Math.Max(from, start + t);
                _weights[(i * Taps) + t] = (float)(Math.Max(0, covered) / step);
            }
        }
    }

    private void Prepare(int taps, bool pairs)
    {
        Taps = pairs ? Math.Min(2, _sources) : taps;
        Array.Clear(_weights, 0, _outputs * Taps);
        Array.Clear(_starts);
        (First, End) = (_sources, 0);
    }

    private int Place(int output, int from)
    {
        var start = Math.Clamp(from, 0, _sources - Taps);
        _starts[output] = start;
        First = Math.Min(First, start);
        End = Math.Max(End, start + Taps);
        return start;
    }
}
