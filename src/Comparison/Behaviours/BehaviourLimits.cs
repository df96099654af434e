namespace ClosedLoop.Comparison;

/// <summary>
/// Where <see cref="PoseBehaviours"/> draws the lines between behaviours, in the units of <see cref="MovementSigns"/>. Set by
/// hand on simulated rats of 0.95 to 1.05 times the body's size, seen with the errors of a camera rig.
/// </summary>
public sealed record BehaviourLimits
{
    /// <summary>Height of the hands above which the animal is up on its hind legs, in lengths of the trunk.</summary>
    public double RisenHand { get; init; } = 0.1;

    /// <summary>Elevation of the trunk (a sine) above which it is.</summary>
    public double RisenTrunk { get; init; } = 0.2;

    /// <summary>Distance of hands and snout below which a risen animal grooms, in lengths of the trunk.</summary>
    public double GroomingHands { get; init; } = 0.6;

    /// <summary>Rolling above which it shakes, rad/s.</summary>
    public double ShakingRadPerS { get; init; } = 4.5;

    /// <summary>Speed above which it trots, m/s.</summary>
    public double TrottingMPerS { get; init; } = 0.12;

    /// <summary>Turning above which it turns, rad/s.</summary>
    public double TurningRadPerS { get; init; } = 0.5;

    /// <summary>Curvature of the path above which a walk is a turn, rad/m.</summary>
    public double TurningRadPerM { get; init; } = 7;

    /// <summary>Speed above which it walks, m/s.</summary>
    public double WalkingMPerS { get; init; } = 0.04;

    /// <summary>Nodding above which an animal that stands sniffs, in lengths of the trunk.</summary>
    public double SniffingNod { get; init; } = 0.025;

    /// <summary>So long another behaviour has to be seen before it is believed, seconds.</summary>
    public double LeastS { get; init; } = 0.06;
}
