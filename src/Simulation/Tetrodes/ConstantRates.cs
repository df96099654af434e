namespace ClosedLoop.Simulation;

/// <summary>Every neuron fires at its own mean rate, whatever the animal does.</summary>
public sealed class ConstantRates : IRatePlan
{
    /// <inheritdoc/>
    public void Fill(double timeS, in AnimalActivity activity, IReadOnlyList<SimulatedUnit> units, Span<double> ratesHz)
    {
        for (var i = 0; i < ratesHz.Length; i++)
            ratesHz[i] = units[i].RateHz;
    }
}
