namespace ClosedLoop.Simulation;

/// <summary>What a behaviour sets: each is followed smoothly, so that one behaviour flows into the next.</summary>
internal enum Channel
{
    /// <summary>Forward speed, m/s at scale 1.</summary>
    Speed,

    /// <summary>Gait: 0 the walk, 1 the trot.</summary>
    Trot,

    /// <summary>Turning speed, rad/s, positive to the left.</summary>
    TurnRate,

    /// <summary>Height of the torso over the floor, metres at scale 1.</summary>
    Height,

    /// <summary>Pitch of the torso, rad, positive nose up.</summary>
    Pitch,

    /// <summary>Whether the weight is balanced over the hind feet (1) or lies between all four paws (0).</summary>
    WeightBack,

    /// <summary>Whether the forepaws carry (1) or are free (0).</summary>
    ForeLoad,

    /// <summary>How far free forepaws are at the snout (1) rather than tucked under the chest (0).</summary>
    HandsAtSnout,

    /// <summary>Forepaws' stroke along the snout, metres at scale 1, left hand; the right hand's lags behind.</summary>
    Stroke,

    /// <summary>Tendon lumbar_extend, rad.</summary>
    LumbarExtend,

    /// <summary>Tendon lumbar_bend, rad, positive to the left.</summary>
    LumbarBend,

    /// <summary>Tendon lumbar_twist, rad.</summary>
    LumbarTwist,

    /// <summary>Tendon cervical_extend, rad.</summary>
    CervicalExtend,

    /// <summary>Tendon cervical_bend, rad, positive to the left.</summary>
    CervicalBend,

    /// <summary>Tendon cervical_twist, rad.</summary>
    CervicalTwist,

    /// <summary>Joint atlas, rad.</summary>
    Atlas,

    /// <summary>Joint mandible, rad.</summary>
    Mandible,

    /// <summary>Tendon caudal_extend, rad.</summary>
    TailExtend,

    /// <summary>Tendon caudal_bend, rad.</summary>
    TailBend,
}
