namespace ClosedLoop.Core;

/// <summary>What is noteworthy about a control step.</summary>
[Flags]
public enum ControlFlags
{
    /// <summary>The body stepped under its controller.</summary>
    None = 0,

    /// <summary>The reference window was not full yet: the body was placed at the reference and not stepped.</summary>
    WaitingForReference = 1,

    /// <summary>The body had left the reference by more than the limit and was put back onto it.</summary>
    ResetLeftReference = 2,

    /// <summary>The body had fallen and was put back onto the reference.</summary>
    ResetFallen = 4,

    /// <summary>The physics had become invalid (a NaN, or an acceleration beyond bounds) and the body was put back onto the reference.</summary>
    ResetUnstable = 8,

    /// <summary>An episode of an evaluation began here: the body was put onto the reference.</summary>
    EpisodeStart = 16,

    /// <summary>The reference of this step was held or extrapolated, not measured.</summary>
    ReferenceHeld = 32,
}
