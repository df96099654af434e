namespace ClosedLoop.Simulation;

/// <summary>What a planted neuron follows.</summary>
public enum PlannedDrive
{
    /// <summary>Nothing of what is compared: its rate is constant but for its own history.</summary>
    None,

    /// <summary>A layer of the network that drives the virtual rodent.</summary>
    Network,

    /// <summary>Features of the animal's movement.</summary>
    Movement,
}
