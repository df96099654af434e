namespace ClosedLoop.Training;

/// <summary>How a step ended its episode.</summary>
public enum EpisodeEnd : byte
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>The body fell, left the reference, or the physics failed.</summary>
    Failed,

    /// <summary>The reference came to its end, or the episode to its length: no failure.</summary>
    Complete,
}
