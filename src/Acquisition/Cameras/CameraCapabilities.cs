namespace ClosedLoop.Acquisition;

/// <summary>What can be asked of a camera and what its frames carry. What is claimed here holds; contract tests see to it.</summary>
/// <param name="CanSetSize">Other image sizes can be asked for.</param>
/// <param name="CanSetChannels">Grey or RGB can be asked for.</param>
/// <param name="CanSetRate">Another frame rate can be asked for.</param>
/// <param name="HasDeviceCounter">Frames carry the device's own count, so that every lost frame is known.</param>
/// <param name="CounterIsTriggerIndex">Equal counts of several cameras mean the same trigger.</param>
/// <param name="HasDeviceTime">Frames carry the time of the device's own clock.</param>
/// <param name="HasEnd">Frames come to an end by themselves, as those of a file do.</param>
public sealed record CameraCapabilities(
    bool CanSetSize, bool CanSetChannels, bool CanSetRate, bool HasDeviceCounter, bool CounterIsTriggerIndex, bool HasDeviceTime, bool HasEnd);
