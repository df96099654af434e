namespace ClosedLoop.Acquisition;

/// <summary>What a camera is asked for; null leaves it as it is. What it can be asked for its capabilities say.</summary>
public sealed record CameraSettings
{
    /// <summary>Width, pixels; together with <see cref="HeightPx"/>.</summary>
    public int? WidthPx { get; init; }

    /// <summary>Height, pixels; together with <see cref="WidthPx"/>.</summary>
    public int? HeightPx { get; init; }

    /// <summary>1 grey, 3 RGB.</summary>
    public int? Channels { get; init; }

    /// <summary>Frames per second.</summary>
    public double? RateHz { get; init; }
}
