using ClosedLoop.Acquisition;

namespace ClosedLoop.Tests.Acquisition;

public sealed class ImageFolderCameraTests : CameraContractTests
{
    protected override ICamera Make(bool isPaced) =>
        new ImageFolderCamera("cam1", CodedImages.Pictures(Folder["cam1"], 1, Frames), Clock, rateHz: 100, isPaced: isPaced);

    protected override (ICamera Camera, string Device) MakeAbsent() => (new ImageFolderCamera("cam1", Folder["none"], Clock, rateHz: 50), Folder["none"]);
}
