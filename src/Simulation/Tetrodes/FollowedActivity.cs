namespace ClosedLoop.Simulation;

/// <summary>
/// The activity of a simulated animal that is seen by simulated vision beside the tetrodes: its artefacts come with its own
/// movement. Follows the frame of the same time since the beginning, or the newest that was delivered.
/// </summary>
/// <param name="animal">The animal's source.</param>
public sealed class FollowedActivity(SimulatedKeypointSource animal) : IActivityPlan
{
    private readonly SimulatedTruth _truth = new(animal.AnimalBody.Model.Nq, animal.Layout);

    /// <inheritdoc/>
    public AnimalActivity At(double timeS)
    {
        var frame = Math.Min((long)(timeS * animal.RateHz), animal.Truth.NewestFrame);
        // NB: what is too old to be remembered leaves the last that was seen.
        animal.Truth.TryGet(frame, _truth);
        return AnimalActivity.Of(_truth.Behaviour);
    }
}
