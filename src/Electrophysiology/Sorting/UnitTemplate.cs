namespace ClosedLoop.Electrophysiology;

/// <summary>
/// A mean waveform over all wires of a tetrode, and what matching needs of it. NB: a unit may have several (after a merge
/// by hand); a template has one unit.
/// </summary>
internal sealed class UnitTemplate
{
    public UnitTemplate(int wires, int length)
    {
        (Wires, Length) = (wires, length);
        Padded = (length + 7) / 8 * 8;
        (Shape, Slope) = (new float[wires * length], new float[wires * length]);
        (Filter, SlopeFilter) = (new float[wires * Padded], new float[wires * Padded]);
    }

    public int Wires { get; }

    public int Length { get; }

    /// <summary>Numbers of a wire in the filters: a whole number of vectors, zeros behind.</summary>
    public int Padded { get; }

    public int Unit { get; set; }

    /// <summary>In a second pass, what its shape is called in the <see cref="TemplateTrajectory"/>.</summary>
    public int Planned { get; init; }

    /// <summary>Microvolts, wire by wire.</summary>
    public float[] Shape { get; }

    /// <summary>Its change from one sample to the next: a spike that comes by a part of a sample later is the shape less that part of this.</summary>
    public float[] Slope { get; }

    /// <summary>Shape and slope times the inverse of the noise's covariance.</summary>
    public float[] Filter { get; }

    public float[] SlopeFilter { get; }

    /// <summary>Squared lengths in units of the noise, and the product of shape and slope.</summary>
    public float Energy { get; private set; }

    public float SlopeEnergy { get; private set; }

    public float Cross { get; private set; }

    /// <summary>
    /// Gain below which it is not its unit that fired, but one further away: of a spike as strong as the template the gain is
    /// the template's energy, give or take twice its root.
    /// </summary>
    public float LeastGain { get; private set; }

    /// <summary>Depth of the deepest trough.</summary>
    public float PeakMicrovolts { get; private set; }

    /// <summary>Wire with the deepest trough.</summary>
    public int PeakWire { get; private set; }

    /// <summary>Height of the highest peak.</summary>
    public float HighestMicrovolts { get; private set; }

    /// <summary>Place of the deepest trough, in samples from the place that spikes are told at; 0 but for drift.</summary>
    public int PeakOffset { get; private set; }

    /// <summary>Spikes that it was made of.</summary>
    public double Spikes { get; set; }

    /// <summary>
    /// How widely its spikes lie about it, in variances of the noise: 1 where they are one shape and noise; of real neurons,
    /// which move and tire, some times that.
    /// </summary>
    public float Spread { get; set; } = 1;

    /// <summary>How far the shape has moved since.</summary>
    public float Moved { get; set; }

    /// <summary>Works out what follows from the shape.</summary>
    public void Refresh(NoiseMetric metric, SortingOptions options)
    {
        (PeakMicrovolts, HighestMicrovolts) = (0, 0);
        for (var w = 0; w < Wires; w++)
        {
            var shape = Shape.AsSpan(w * Length, Length);
            for (var i = 0; i < Length; i++)
            {
                float At(int j, Span<float> from) => from[Math.Clamp(j, 0, Length - 1)];
                Slope[(w * Length) + i] = ((8 * (At(i + 1, shape) - At(i - 1, shape))) - (At(i + 2, shape) - At(i - 2, shape))) / 12;
                if (-shape[i] > PeakMicrovolts)
                    (PeakMicrovolts, PeakWire, PeakOffset) = (-shape[i], w, i - options.Before);
                HighestMicrovolts = Math.Max(HighestMicrovolts, shape[i]);
            }
        }
        Span<float> filtered = stackalloc float[Shape.Length];
        metric.Filter(Shape, filtered);
        (Energy, Cross) = (NoiseMetric.Dot(Shape, filtered), NoiseMetric.Dot(Slope, filtered));
        LeastGain = (float)Math.Max(options.LeastGain, Math.Min(0.5 * Energy, 7.5 * options.LeastGain));
        Pad(filtered, Filter);
        metric.Filter(Slope, filtered);
        SlopeEnergy = NoiseMetric.Dot(Slope, filtered);
        Pad(filtered, SlopeFilter);
    }

    public UnitTemplate Copy()
    {
        var copy = new UnitTemplate(Wires, Length) { Unit = Unit, Spikes = Spikes, Spread = Spread };
        Shape.CopyTo(copy.Shape, 0);
        return copy;
    }

    private void Pad(ReadOnlySpan<float> filtered, float[] padded)
    {
        for (var w = 0; w < Wires; w++)
            filtered.Slice(w * Length, Length).CopyTo(padded.AsSpan(w * Padded));
    }
}
