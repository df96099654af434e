namespace ClosedLoop.Physics;

/// <summary>Which of the body's collision shapes take part in contacts.</summary>
public enum RodentCollision
{
    /// <summary>Every shape collides with the floor and nothing else: the fastest, and the default.</summary>
    FloorOnly,

    /// <summary>The shapes also collide with each other, except parents with children and the anatomy's excluded pairs.</summary>
    SelfCollision,

    /// <summary>Nothing collides: kinematics, registration.</summary>
    None,
}

/// <summary>What an actuator's activation commands.</summary>
public enum RodentActuation
{
    /// <summary>A servo: control -1..1 is a target position over the published range of the joint or tendon.</summary>
    Position,

    /// <summary>A torque: control -1..1 times the published force limit, scaled with the square of the body's scale.</summary>
    Torque,
}

/// <summary>How the rat is drawn.</summary>
public enum RodentAppearance
{
    /// <summary>A fur-coloured skin that follows the bones.</summary>
    Skin,

    /// <summary>Its collision shapes: the smallest and fastest to compile, for bodies that nobody looks at.</summary>
    Shapes,
}

/// <summary>What rat to write, and what to put around it.</summary>
public sealed record RodentBodyOptions
{
    /// <summary>Every length of the body relative to the anatomy table's rat. Between 0.3 and 3.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Total mass in kg; null: 0.338 kg times the cube of <see cref="Scale"/>.</summary>
    public double? MassKg { get; init; }

    /// <summary>What collides with what.</summary>
    public RodentCollision Collision { get; init; } = RodentCollision.FloorOnly;

    /// <summary>
    /// The published foot modification: ankles move over -0.1..2.0 rad and toes over -0.7..0.87 rad.
    /// NB: as published, the servos of these joints keep the unmodified range; a control for a target angle is
    /// computed from the actuator's gain and bias, not from the joint's range.
    /// </summary>
    public bool FootModifications { get; init; } = true;

    /// <summary>Position servos or torques.</summary>
    public RodentActuation Actuation { get; init; } = RodentActuation.Position;

    /// <summary>Adds a floor at height 0 with lights and the overview camera.</summary>
    public bool Floor { get; init; } = true;

    /// <summary>How the rat is drawn.</summary>
    public RodentAppearance Appearance { get; init; } = RodentAppearance.Skin;

    /// <summary>Colours and markings of a rat that is drawn as <see cref="RodentAppearance.Skin"/>; null: those of the appearance table.</summary>
    public RodentCoat? Coat { get; init; }

    /// <summary>What the rat is drawn in; null: a laboratory floor without end. Needs <see cref="Floor"/>.</summary>
    public ArenaScenery? Scenery { get; init; }

    /// <summary>Adds a site for each keypoint at its initial offset, named as the keypoint.</summary>
    public bool KeypointSites { get; init; } = true;

    /// <summary>Set before every name of the rat, so that several can live in one model.</summary>
    public string NamePrefix { get; init; } = "";
}
