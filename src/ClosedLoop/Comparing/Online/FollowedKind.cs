namespace ClosedLoop.Comparing;

/// <summary>What a unit is said to follow.</summary>
public enum FollowedKind
{
    /// <summary>Nothing that is compared predicts it so far.</summary>
    Nothing,

    /// <summary>It is predicted, and whether better by network or movement is not clear yet.</summary>
    Either,

    /// <summary>The network.</summary>
    Network,

    /// <summary>Movement.</summary>
    Movement,
}
