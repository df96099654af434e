using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>What a keypoint file says of itself beside the keypoints.</summary>
public sealed record KeypointFileHeader
{
    /// <summary>Names, order and skeleton.</summary>
    public required KeypointLayout Layout { get; init; }

    /// <summary>Sets per second.</summary>
    public required double RateHz { get; init; }

    /// <summary>What made the keypoints: program, model, device; for people.</summary>
    public required string Source { get; init; }

    /// <summary>What was filmed, for people.</summary>
    public required string Description { get; init; }

    /// <summary>The program's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>The cameras' names in the order of the views; none where there were none.</summary>
    public IReadOnlyList<string> Cameras { get; init; } = [];

    /// <summary>Width and height of the cameras' images, pixels, in the same order.</summary>
    public IReadOnlyList<(int Width, int Height)> ImageSizes { get; init; } = [];

    /// <summary>When the session began; the time of writing where it is not known.</summary>
    public DateTimeOffset Start { get; init; } = DateTimeOffset.UtcNow;
}
