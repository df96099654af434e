using ClosedLoop.Recording;

namespace ClosedLoop.Rigs;

/// <summary>The section <c>keypoints</c>: what watches the animal.</summary>
public sealed record RigKeypoints
{
    /// <summary>What gives the keypoints.</summary>
    public required KeypointSourceKind Source { get; init; }

    /// <summary>How long a session is planned to last, seconds of the animal's time; null: until the source ends or a person does.</summary>
    public double? Seconds { get; init; }

    /// <summary>Seed of what a simulated animal does.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The keypoint file; null where the source is no file.</summary>
    public string? Path { get; init; }

    /// <summary>How fast the file is played; 1 is real time.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>Frames per second of the animal's time in the file; null: as the file says.</summary>
    public double? RateHz { get; init; }

    /// <summary>The unit of the file's numbers.</summary>
    public LengthUnit Units { get; init; } = LengthUnit.Auto;

    /// <summary>Whether missing keypoints are left out, instead of the file being refused.</summary>
    public bool AllowMissing { get; init; }
}
