namespace ClosedLoop.Simulation;

/// <summary>What the simulated animal does.</summary>
public enum Behaviour
{
    /// <summary>Stands still, breathing.</summary>
    Rest,

    /// <summary>Stands, head bobbing at the rhythm of sniffing, about 8 Hz.</summary>
    Sniff,

    /// <summary>Walks forward, 5 to 11 cm/s, feet in lateral sequence.</summary>
    Walk,

    /// <summary>Trots forward, 18 to 25 cm/s, diagonal feet together.</summary>
    Trot,

    /// <summary>Turns to the left while stepping.</summary>
    TurnLeft,

    /// <summary>Turns to the right while stepping.</summary>
    TurnRight,

    /// <summary>Rises on the hind legs, holds, comes down.</summary>
    Rear,

    /// <summary>Sits back and strokes the snout with both forepaws.</summary>
    Groom,

    /// <summary>Shakes trunk and head about the long axis, as a wet animal does, about 12 Hz. Only where it is listed.</summary>
    Shake,

    /// <summary>
    /// Takes up one posture after the other, low and high, bent and twisted, the head anywhere, standing, stepping slowly or
    /// risen: for reference motion that covers more than habits. Only where it is listed.
    /// </summary>
    Postures,
}
