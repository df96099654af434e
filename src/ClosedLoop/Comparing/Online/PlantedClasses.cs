using ClosedLoop.Comparison;
using ClosedLoop.Simulation;

namespace ClosedLoop.Comparing;

/// <summary>What planted neurons follow: classes of features that say different things, so that it can be told which it was.</summary>
public static class PlantedClasses
{
    private static readonly string[] s_layers = ["latent_mean", "decoder_1", "hidden"];

    /// <summary>A plan's options where spikes are made after the session's poses and steps are known: neurons may come first.</summary>
    /// <param name="layout">The features.</param>
    /// <param name="seed">Seed of the plan.</param>
    public static PlantedPlanOptions Known(FeatureLayout layout, int seed) => Of(layout, seed) with
    {
        NetworkLagsMs = [0, 100, 200],
        MovementLagsMs = [-200, -100, 0, 100, 200],
        MovementClasses = [FeatureLayout.JointVelocities, FeatureLayout.RootKinematics, FeatureLayout.JointAngles],
    };

    /// <summary>
    /// A plan's options in a live session. NB: what the network computes of a pose is known about a tenth of a second after its
    /// capture, when the window has filled and vision and network are done; what would follow sooner could not be simulated.
    /// And bins end with beats and not half-way between captures: a neuron that followed what changes from frame to frame, as
    /// velocities of joints do, would be smeared over two bins.
    /// </summary>
    /// <param name="layout">The features.</param>
    /// <param name="seed">Seed of the plan.</param>
    public static PlantedPlanOptions Live(FeatureLayout layout, int seed) => Of(layout, seed) with
    {
        NetworkLagsMs = [200],
        MovementLagsMs = [200],
        MovementClasses = [FeatureLayout.RootKinematics, FeatureLayout.JointAngles, FeatureLayout.Heading],
        // Strongly tuned, so that minutes are enough to tell.
        Gains = (0.9, 1.2),
    };

    private static PlantedPlanOptions Of(FeatureLayout layout, int seed)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return new()
        {
            Seed = seed,
            NetworkClasses = [.. layout.Groups.Where(group => group.Kind == FeatureKind.Computational && (s_layers.Contains(group.Name) || group.Name == FeatureLayout.Action)).Select(group => group.Name)],
        };
    }
}
