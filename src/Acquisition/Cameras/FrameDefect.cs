namespace ClosedLoop.Acquisition;

/// <summary>What is wrong with a frame that arrived. The image of a defective frame is not to be used.</summary>
public enum FrameDefect
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Fewer bytes came than an image has; what follows them in the buffer is not of this frame.</summary>
    Short,

    /// <summary>It could not be decoded.</summary>
    Undecodable,
}
