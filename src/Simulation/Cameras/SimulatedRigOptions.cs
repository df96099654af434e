namespace ClosedLoop.Simulation;

/// <summary>Which cameras stand around the simulated arena.</summary>
public sealed record SimulatedRigOptions
{
    /// <summary>Number of cameras, evenly around the arena.</summary>
    public int Cameras { get; init; } = 6;

    /// <summary>Width of the images, pixels.</summary>
    public int WidthPx { get; init; } = 320;

    /// <summary>Height of the images, pixels.</summary>
    public int HeightPx { get; init; } = 240;

    /// <summary>Seed of each camera's own place, focal length, principal point and distortion.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// How freely the cameras are placed: 0 a rig as a technician builds it (places good to a few centimetres), 1 as
    /// different as the rigs of different laboratories.
    /// </summary>
    public double Variety { get; init; }
}
