namespace ClosedLoop.Electrophysiology;

/// <summary>Where a unit stands.</summary>
public enum UnitState
{
    /// <summary>Learnt in the learning period, or known from another day.</summary>
    Learnt,

    /// <summary>Found since, among the spikes that no unit explained.</summary>
    Born,

    /// <summary>Has not fired for long, though by its rate it should have.</summary>
    Lost,
}
