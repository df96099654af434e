namespace ClosedLoop.Simulation;

/// <summary>
/// What is planted in one neuron: its rate is rate x exp(gain x projection), the projection being that of a class of
/// features onto a random direction, in standard deviations.
/// </summary>
/// <param name="Unit">The neuron's number, from 1 over all tetrodes.</param>
/// <param name="Tetrode">Index of its tetrode.</param>
/// <param name="Drive">What it follows.</param>
/// <param name="Class">The class of features that it follows; empty: none.</param>
/// <param name="LagMs">Its rate at time t follows the features of t - lag, in the animal's time; below 0 it comes first.</param>
/// <param name="RateHz">Mean rate, spikes per second.</param>
/// <param name="Gain">Standard deviation of the rate's logarithm.</param>
public sealed record PlannedUnit(int Unit, int Tetrode, PlannedDrive Drive, string Class, double LagMs, double RateHz, double Gain)
{
    /// <summary>The class of features that it follows, in words where there is none: what people read beside what was found.</summary>
    public string FollowedClass => Drive == PlannedDrive.None ? "none" : Class;

    /// <summary>The lag at which it does; null: it follows nothing.</summary>
    public double? FollowedLagMs => Drive == PlannedDrive.None ? null : LagMs;
}
