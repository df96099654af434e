namespace ClosedLoop.Simulation;

/// <summary>Takes the truth as it is planted.</summary>
public interface IPlantedSpikeSink
{
    /// <summary>
    /// Takes one spike, in order of time, on the thread that reads the samples. A spike is told before any of its samples is
    /// delivered, up to 20 ms ahead; one that lies in a gap is told too.
    /// </summary>
    void Take(in PlantedSpike spike);
}
