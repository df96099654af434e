using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>One frame on its way from the simulation to the reader.</summary>
internal sealed class SimulatedFrame(int nq, KeypointLayout layout)
{
    public Keypoints Keypoints { get; } = new(layout);

    public SimulatedTruth Truth { get; } = new(nq, layout);

    /// <summary>Time of the exposure after the first one's, nanoseconds of the session's clock.</summary>
    public long CapturedAfterNs { get; set; }

    /// <summary>Time at which the vision is done, after the first exposure, nanoseconds of the session's clock.</summary>
    public long DueAfterNs { get; set; }

    public long DeviceTimeNs { get; set; }
}
