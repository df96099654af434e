using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using Xunit;

namespace ClosedLoop.Tests.Acquisition;

public sealed class UvcCameraTests : CameraContractTests
{
    protected override ICamera Make(bool isPaced)
    {
        var devices = UvcCamera.Devices();
        Skip.If(devices.Count == 0, "needs a Video4Linux camera, and this machine has none");
        return new UvcCamera("cam1", devices[0].Path, Clock);
    }

    protected override (ICamera Camera, string Device) MakeAbsent() => (new UvcCamera("cam1", "97", Clock), "/dev/video97");

    [Fact]
    public void A_device_that_is_not_there_is_told_with_those_that_are()
    {
        using var camera = new UvcCamera("top", "/dev/video97", Clock);
        var message = Assert.Throws<ClosedLoopException>(camera.Open).Message;
        Assert.Contains("'top' (Video4Linux device /dev/video97) is not there", message);
        Assert.Contains(UvcCamera.Devices().Count == 0 ? "no Video4Linux devices at all" : UvcCamera.Devices()[0].Path, message);
    }

    [Fact]
    public void A_file_that_is_no_camera_is_refused()
    {
        File.WriteAllText(Folder["video0"], "no camera");
        using var camera = new UvcCamera("top", Folder["video0"], Clock);
        Assert.Contains("cannot be opened", Assert.Throws<ClosedLoopException>(camera.Open).Message);
    }
}
