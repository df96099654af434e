using ClosedLoop.Acquisition;

namespace ClosedLoop.Tests.Acquisition;

/// <summary>A video camera at a trigger that others share: it cannot choose its rate.</summary>
public sealed class SharedTriggerCameraTests : CameraContractTests
{
    protected override ICamera Make(bool isPaced) =>
        new VideoFileCamera("cam1", CodedImages.Video(Folder["cam1.mp4"], "mp4v", 1, Frames), Clock, new(Clock, 100, isPaced));

    protected override (ICamera Camera, string Device) MakeAbsent() => (new VideoFileCamera("cam1", Folder["none.mp4"], Clock, new(Clock, 100)), Folder["none.mp4"]);
}
