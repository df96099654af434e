using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation.Tetrodes;

/// <summary>Rates as a function of time, the same for all neurons.</summary>
internal sealed class StatedRates(Func<double, double> rateHz) : IRatePlan
{
    public void Fill(double timeS, in AnimalActivity activity, IReadOnlyList<SimulatedUnit> units, Span<double> ratesHz) => ratesHz.Fill(rateHz(timeS));
}

/// <summary>Activity as a function of time.</summary>
internal sealed class StatedActivity(Func<double, AnimalActivity> activity) : IActivityPlan
{
    public AnimalActivity At(double timeS) => activity(timeS);
}
