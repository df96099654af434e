namespace ClosedLoop.Core;

/// <summary>How a controller that looks ahead gets the frames it looks at, live.</summary>
public enum ReferenceMode
{
    /// <summary>The body runs behind the animal by the length of the window: every reference frame was measured.</summary>
    Delay,

    /// <summary>The body runs with the animal: the frames ahead are forecast from the past.</summary>
    Predict,
}
