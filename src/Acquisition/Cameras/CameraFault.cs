namespace ClosedLoop.Acquisition;

/// <summary>A fault to be planted in a camera.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="AtFrame">The first frame that it befalls, counted from 0 as the device delivers them.</param>
/// <param name="Count">How many frames; <see cref="Forever"/> for all that follow.</param>
/// <param name="DelayS">Of <see cref="CameraFaultKind.Late"/>: by how much, seconds.</param>
public sealed record CameraFault(CameraFaultKind Kind, long AtFrame, long Count = 1, double DelayS = 0)
{
    /// <summary>Without end.</summary>
    public const long Forever = long.MaxValue;

    /// <summary>Whether it befalls a frame.</summary>
    public bool Befalls(long frame) => frame >= AtFrame && frame - AtFrame < Count;
}
