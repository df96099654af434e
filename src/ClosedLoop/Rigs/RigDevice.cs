using ClosedLoop.Acquisition;
using ClosedLoop.Core;

namespace ClosedLoop.Rigs;

/// <summary>One camera of a rig that Video4Linux knows.</summary>
/// <param name="Name">What the rig and its calibration call it.</param>
/// <param name="Device">Its path, as in /dev/video0, or its number.</param>
/// <param name="WidthPx">Width to ask for, pixels.</param>
/// <param name="HeightPx">Height to ask for, pixels.</param>
/// <param name="RateHz">Frames per second to ask for.</param>
public sealed record RigDevice(string Name, string Device, int WidthPx, int HeightPx, double RateHz)
{
    /// <summary>The camera, opened and set.</summary>
    /// <exception cref="ClosedLoopException">It is not there, or cannot do what is asked of it.</exception>
    public ICamera Make(SessionClock clock)
    {
        var camera = new UvcCamera(Name, Device, clock);
        try
        {
            camera.Open();
            camera.Configure(new() { WidthPx = WidthPx, HeightPx = HeightPx, RateHz = RateHz });
            return camera;
        }
        catch
        {
            camera.Dispose();
            throw;
        }
    }
}
