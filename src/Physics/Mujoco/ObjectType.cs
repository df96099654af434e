namespace ClosedLoop.Physics;

/// <summary>Kinds of named objects in a model (MuJoCo's mjtObj).</summary>
public enum ObjectType
{
    /// <summary>A body, by its inertial frame where velocities are asked for.</summary>
    Body = 1,

    /// <summary>A body, by its own frame.</summary>
    XBody = 2,

    /// <summary>A joint.</summary>
    Joint = 3,

    /// <summary>A geom.</summary>
    Geom = 5,

    /// <summary>A site.</summary>
    Site = 6,

    /// <summary>A camera.</summary>
    Camera = 7,

    /// <summary>A tendon.</summary>
    Tendon = 17,

    /// <summary>An actuator.</summary>
    Actuator = 18,

    /// <summary>A sensor.</summary>
    Sensor = 19,
}
