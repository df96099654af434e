namespace ClosedLoop.Simulation;

/// <summary>How finely simulated views are drawn.</summary>
public sealed record ViewRendererOptions
{
    /// <summary>Drawn pixels per pixel of the image, along each axis.</summary>
    public double Sharpness { get; init; } = 1;

    /// <summary>Samples per drawn pixel against jagged edges; 0 is fastest.</summary>
    public int Samples { get; init; }

    /// <summary>Resolution of shadows, pixels.</summary>
    public int ShadowSize { get; init; } = 1024;
}
