using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>An individual of a family of neurons: how its spikes look and come.</summary>
/// <param name="Shape">Its spike near the cell body.</param>
/// <param name="CellMicrovolts">Depth of the trough at the cell body's edge, as <see cref="SimulatedUnit"/> lets it decay from there.</param>
/// <param name="RateHz">Mean rate.</param>
/// <param name="RefractoryS">No spike comes sooner after another.</param>
/// <param name="BurstProbability">That a spike is followed by another of the same burst.</param>
/// <param name="BurstIntervalS">Typical time between the spikes of a burst.</param>
/// <param name="Fatigue">Share of its amplitude that each spike takes from the next.</param>
/// <param name="RecoveryS">Time constant in which it comes back.</param>
internal sealed record NeuronTraits(
    SpikeShape Shape, double CellMicrovolts, double RateHz, double RefractoryS, double BurstProbability, double BurstIntervalS, double Fatigue, double RecoveryS)
{
    /// <summary>
    /// Draws one. Times from trough to peak are those by which the families are told apart in rats: cortex 0.5 ms and more
    /// or less (Bartho et al. 2004), striatum about 0.6 and 0.25 ms (Berke et al. 2004); a complex spike's amplitudes fall
    /// and recover within a tenth of a second (Harris et al. 2001).
    /// </summary>
    public static NeuronTraits Draw(NeuronType type, RandomStream random)
    {
        double Between(double low, double high) => random.Uniform(low, high);
        double About(double median, double spread, double least, double most) => Math.Clamp(median * Math.Exp(spread * random.Normal()), least, most);
        return type switch
        {
            NeuronType.Pyramidal => new(
                new(Between(0.09, 0.13), Between(0.11, 0.17), Between(0.2, 0.4), Between(0.5, 0.8), Between(0.22, 0.34), Between(0.02, 0.18), Between(0.28, 0.4)),
                About(650, 0.3, 320, 1400), About(3, 0.7, 0.4, 15), Between(0.0015, 0.0025), Between(0, 0.35), Between(0.004, 0.007), Between(0.08, 0.2), Between(0.05, 0.12)),
            NeuronType.CorticalInterneuron => new(
                new(Between(0.055, 0.075), Between(0.06, 0.085), Between(0.35, 0.65), Between(0.22, 0.34), Between(0.1, 0.16), Between(0, 0.1), Between(0.2, 0.28)),
                About(470, 0.3, 240, 1000), About(13, 0.5, 4, 45), Between(0.001, 0.0015), 0, 0.003, Between(0.01, 0.04), Between(0.03, 0.06)),
            NeuronType.MediumSpiny => new(
                new(Between(0.1, 0.14), Between(0.12, 0.19), Between(0.15, 0.35), Between(0.5, 0.75), Between(0.22, 0.36), Between(0, 0.15), Between(0.28, 0.4)),
                About(520, 0.3, 270, 1100), About(1.6, 0.7, 0.4, 8), Between(0.002, 0.003), Between(0, 0.12), Between(0.005, 0.01), Between(0.04, 0.12), Between(0.05, 0.1)),
            _ => new(
                new(Between(0.05, 0.065), Between(0.055, 0.075), Between(0.3, 0.6), Between(0.18, 0.27), Between(0.08, 0.13), Between(0, 0.1), Between(0.18, 0.26)),
                About(430, 0.3, 220, 900), About(11, 0.5, 3, 35), Between(0.001, 0.0015), 0, 0.003, Between(0.01, 0.04), Between(0.03, 0.06)),
        };
    }
}
