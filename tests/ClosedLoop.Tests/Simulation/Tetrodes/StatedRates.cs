using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation.Tetrodes;

/// <summary>Rates as a function of time, the same for all neurons.</summary>
internal sealed class StatedRates(Func<double, double> rateHz) : IRatePlan
{
    public void Fill(double timeS, in AnimalActivity activity, IReadOnlyList<SimulatedUnit> units, Span<double> ratesHz) => ratesHz.Fill(rateHz(timeS));
}
