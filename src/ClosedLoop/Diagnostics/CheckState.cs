namespace ClosedLoop.Diagnostics;

/// <summary>How a thing that ClosedLoop uses was found on this machine.</summary>
public enum CheckState
{
    /// <summary>There, and it works.</summary>
    Ok,

    /// <summary>There, but not as it was tested or not as it should be for a real session.</summary>
    Differs,

    /// <summary>Not there, or it does not work.</summary>
    Missing,
}
