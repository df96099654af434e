using ClosedLoop.Acquisition;

namespace ClosedLoop.Tests.Acquisition;

public sealed class VideoFileCameraTests : CameraContractTests
{
    protected override ICamera Make(bool isPaced) =>
        new VideoFileCamera("cam1", CodedImages.Video(Folder["cam1.avi"], "MJPG", 1, Frames, rateHz: 100), Clock, isPaced: isPaced);

    protected override (ICamera Camera, string Device) MakeAbsent() => (new VideoFileCamera("cam1", Folder["none.mp4"], Clock), Folder["none.mp4"]);
}
