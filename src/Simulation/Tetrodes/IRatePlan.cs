namespace ClosedLoop.Simulation;

/// <summary>
/// How fast each neuron fires over time. Asked on the thread that reads the samples, 100 times a second of the device's
/// time; refractory periods and bursts are in the neurons and leave the rate what it is.
/// </summary>
public interface IRatePlan
{
    /// <summary>Says the rates from now until the next call. Allocates nothing.</summary>
    /// <param name="timeS">Seconds of the device's time since its first sample.</param>
    /// <param name="activity">What the animal does.</param>
    /// <param name="units">The neurons.</param>
    /// <param name="ratesHz">Receives spikes per second, in the order of <paramref name="units"/>.</param>
    void Fill(double timeS, in AnimalActivity activity, IReadOnlyList<SimulatedUnit> units, Span<double> ratesHz);
}
