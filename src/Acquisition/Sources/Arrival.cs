namespace ClosedLoop.Acquisition;

/// <summary>A frame on its way from its camera's thread to the grouper; without one, the news that no more will come.</summary>
internal sealed class Arrival
{
    public int Camera { get; set; }

    public CameraFrame? Frame { get; set; }

    /// <summary>What ended the camera; null where it came to its end.</summary>
    public Exception? Failure { get; set; }
}
