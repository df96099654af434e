using ClosedLoop.Acquisition;

namespace ClosedLoop.Tests.Acquisition;

/// <summary>A camera in which no fault is planted is as good as the one it wraps.</summary>
public sealed class FaultyCameraContractTests : CameraContractTests
{
    protected override ICamera Make(bool isPaced) => new FaultyCamera(
        new VideoFileCamera("cam1", CodedImages.Video(Folder["cam1.avi"], "MJPG", 1, Frames, rateHz: 100), Clock, isPaced: isPaced), Clock,
        new CameraFault(CameraFaultKind.Stop, 10_000, CameraFault.Forever));

    protected override (ICamera Camera, string Device) MakeAbsent() =>
        (new FaultyCamera(new VideoFileCamera("cam1", Folder["none.mp4"], Clock), Clock), Folder["none.mp4"]);
}
