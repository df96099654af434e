using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Simulation;
using ClosedLoop.Tests.Acquisition;

namespace ClosedLoop.Tests.Simulation;

/// <summary>A simulated camera keeps what every camera promises.</summary>
public sealed class SimulatedCameraContractTests : CameraContractTests
{
    internal static readonly SimulatedViewOptions Small = new() { Rig = new() { WidthPx = 96, HeightPx = 72, Cameras = 2 }, Drawing = new() { ShadowSize = 256 } };

    protected override ICamera Make(bool isPaced) => new SimulatedCamera("cam1", Small, 1, Clock, new() { Frames = Frames }, isPaced: isPaced);

    protected override (ICamera Camera, string Device) MakeAbsent() => (new SimulatedCamera("cam1", Small, 2, Clock), "simulated camera 2");
}
