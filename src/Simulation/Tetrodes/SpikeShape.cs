namespace ClosedLoop.Simulation;

/// <summary>
/// An extracellular spike over time: a sharp trough, what comes before it (the current into the axon) and the broad hump of
/// repolarisation after it, all as Gaussians. Milliseconds from the trough, whose depth is 1.
/// </summary>
/// <param name="FallMs">Standard deviation of the trough's first half.</param>
/// <param name="RiseMs">Of its second half.</param>
/// <param name="HumpShare">Height of the hump after the trough.</param>
/// <param name="HumpMs">Where it is: about the time from trough to peak.</param>
/// <param name="HumpWidthMs">Its standard deviation.</param>
/// <param name="BeforeShare">Height of the hump before the trough.</param>
/// <param name="BeforeMs">How long before.</param>
internal sealed record SpikeShape(double FallMs, double RiseMs, double HumpShare, double HumpMs, double HumpWidthMs, double BeforeShare, double BeforeMs)
{
    /// <summary>Places between two samples at which a spike can begin.</summary>
    public const int Phases = 32;

    /// <summary>Seconds of a spike before its trough, and from it on.</summary>
    public const double BeforeS = 0.001, AfterS = 0.0027;

    /// <summary>Samples before the trough.</summary>
    public static int Before(double rateHz) => (int)Math.Round(BeforeS * rateHz);

    /// <summary>Samples of a spike.</summary>
    public static int Length(double rateHz) => Before(rateHz) + (int)Math.Round(AfterS * rateHz);

    /// <summary>
    /// The shape sampled at every phase: phase p is the spike whose trough lies p 32nds of a sample after sample
    /// <see cref="Before"/>. Phase by phase, <see cref="Length"/> numbers each, -1 at the trough.
    /// </summary>
    /// <param name="rateHz">Samples per second.</param>
    /// <param name="stretch">How much slower than near the cell: distance takes the high frequencies away.</param>
    public float[] Sample(double rateHz, double stretch)
    {
        // The humps move the lowest point a little: it is looked for, so that time and depth are what is said.
        var trough = 0.0;
        for (var t = -0.2; t <= 0.2; t += 1e-4)
            if (Value(t) < Value(trough))
                trough = t;
        var depth = -Value(trough);
        var (before, length) = (Before(rateHz), Length(rateHz));
        var table = new float[Phases * length];
        for (var phase = 0; phase < Phases; phase++)
            for (var i = 0; i < length; i++)
                table[(phase * length) + i] = (float)(Value(trough + ((i - before - (phase / (double)Phases)) * 1000 / rateHz / stretch)) / depth);
        return table;
    }

    private double Value(double ms) =>
        (HumpShare * Gaussian(ms - HumpMs, HumpWidthMs)) + (BeforeShare * Gaussian(ms + BeforeMs, BeforeMs / 2.5)) - Gaussian(ms, ms < 0 ? FallMs : RiseMs);

    private static double Gaussian(double ms, double sd) => Math.Exp(-ms * ms / (2 * sd * sd));
}
