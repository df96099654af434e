using ClosedLoop.Simulation;

namespace ClosedLoop.Datasets;

/// <summary>A dataset to be simulated.</summary>
/// <param name="Seconds">How long the animal is filmed.</param>
/// <param name="Views">What is filmed, and how.</param>
/// <param name="Threads">Threads that draw.</param>
public sealed record SimulatedDatasetOptions(double Seconds, SimulatedViewOptions Views, int Threads = 2)
{
    /// <summary>Number of frames a camera.</summary>
    public long Frames => (long)Math.Round(Seconds / SimulatedAnimal.FramePeriodS);
}
