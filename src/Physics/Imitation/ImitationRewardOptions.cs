namespace ClosedLoop.Physics;

/// <summary>
/// What imitation is rewarded and charged for. A nearness of weight w and scale s pays w exp(-(d/s)^2/2) for a distance d;
/// the scales are those of vnl-playground's imitation task.
/// </summary>
public sealed record ImitationRewardOptions
{
    /// <summary>Weight and scale of the root's position, metres.</summary>
    public (double Weight, double Scale) RootPosition { get; init; } = (1, 0.035);

    /// <summary>Weight and scale of the root's rotation: the whole angle between the attitudes, degrees.</summary>
    public (double Weight, double Scale) RootRotation { get; init; } = (1, 20);

    /// <summary>Weight and scale of the joints: the Euclidean norm over all hinges, rad.</summary>
    public (double Weight, double Scale) Joints { get; init; } = (1, 1.4);

    /// <summary>Weight and scale of the joints' velocities: the norm over all hinges divided by the square root of their number, rad/s.</summary>
    public (double Weight, double Scale) JointVelocities { get; init; } = (1, 2);

    /// <summary>Weight and scale of the walker bodies' positions: the norm over all of them, metres.</summary>
    public (double Weight, double Scale) Bodies { get; init; } = (1, 0.25);

    /// <summary>Weight and scale of the appendages' positions: the norm over all of them, metres.</summary>
    public (double Weight, double Scale) Appendages { get; init; } = (1, 0.032);

    /// <summary>Paid for each step that does not end the episode.</summary>
    public double Alive { get; init; } = 1;

    /// <summary>Charged for the sum of squares of the action.</summary>
    public double ActionCost { get; init; } = 0.02;

    /// <summary>Charged for the sum of squares of the action's change since the last step.</summary>
    public double ActionChangeCost { get; init; } = 0.02;

    /// <summary>Charged per watt of the actuators' mechanical power: the sum of absolute products of torque and velocity.</summary>
    public double PowerCost { get; init; } = 0.01;

    /// <summary>Most watts that are charged for in one step.</summary>
    public double MostPowerW { get; init; } = 50;
}
