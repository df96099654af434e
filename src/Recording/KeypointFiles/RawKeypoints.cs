namespace ClosedLoop.Recording;

/// <summary>What a keypoint file holds, as it stands there: the file's names, order, units and stamps.</summary>
internal sealed class RawKeypoints
{
    /// <summary>What kind of file it is, for a person.</summary>
    public required string Kind { get; init; }

    /// <summary>Keypoint names; null where the file has none.</summary>
    public string[]? Names { get; init; }

    /// <summary>Pairs of indices into <see cref="Names"/>.</summary>
    public (int From, int To)[] Edges { get; init; } = [];

    /// <summary>Number of keypoints.</summary>
    public required int KeypointCount { get; init; }

    /// <summary>Number of frames.</summary>
    public required int FrameCount { get; init; }

    /// <summary>x, y, z per keypoint per frame, in the file's units.</summary>
    public required double[] Positions { get; init; }

    /// <summary>A number per keypoint per frame; null where the file has none.</summary>
    public double[]? Confidence { get; init; }

    /// <summary>The time of each frame in seconds as the file states it; null where it does not.</summary>
    public double[]? TimestampsS { get; init; }

    /// <summary>Frames per second as the file states them beside its time stamps; null where it does not.</summary>
    public double? RateHz { get; init; }

    /// <summary>The number of each frame as the file states it; null where it does not.</summary>
    public long[]? FrameNumbers { get; init; }

    /// <summary>The unit that the file claims, in its own words; null where it claims none.</summary>
    public string? UnitClaim { get; init; }

    /// <summary>Whether the format is DANNCE's own, where lengths are in millimetres and no rate is stored.</summary>
    public bool IsDannce { get; init; }

    /// <summary>Remarks on the reading, for a person.</summary>
    public List<string> Notes { get; } = [];
}
