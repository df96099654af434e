using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation.Tetrodes;

/// <summary>Activity as a function of time.</summary>
internal sealed class StatedActivity(Func<double, AnimalActivity> activity) : IActivityPlan
{
    public AnimalActivity At(double timeS) => activity(timeS);
}
