namespace ClosedLoop.Simulation;

/// <summary>
/// What the animal does over time: a plan, or the simulated animal beside which the tetrodes run. Asked on the thread that
/// reads the samples, 100 times a second of the device's time.
/// </summary>
public interface IActivityPlan
{
    /// <summary>What the animal does. Allocates nothing.</summary>
    /// <param name="timeS">Seconds of the device's time since its first sample; never less than at the last call.</param>
    AnimalActivity At(double timeS);
}
