namespace ClosedLoop.PoseTracking;

/// <summary>
/// A network that looks at all views and their calibrations together and says where the keypoints are in the arena.
/// The calibrations are inputs, written once; images, centre and weights are written for every set.
/// </summary>
public interface IVolumetricNetwork : IDisposable
{
    /// <summary>What it runs on, for people.</summary>
    string Device { get; }

    /// <summary>How many views it takes.</summary>
    int Views { get; }

    /// <summary>Width of the images that it takes, pixels.</summary>
    int Width { get; }

    /// <summary>Height, pixels.</summary>
    int Height { get; }

    /// <summary>How many keypoints it finds.</summary>
    int KeypointCount { get; }

    /// <summary>The image of one view: red, green, blue, rows from the top.</summary>
    Span<byte> Image(int view);

    /// <summary>fx, fy, cx, cy of each view, pixels.</summary>
    Span<float> Intrinsics { get; }

    /// <summary>k1, k2, p1, p2, k3 of each view.</summary>
    Span<float> Distortion { get; }

    /// <summary>Rotation of each view, arena to camera, row by row.</summary>
    Span<float> Rotation { get; }

    /// <summary>Translation of each view, arena to camera, metres.</summary>
    Span<float> Translation { get; }

    /// <summary>The animal's centre in the arena, metres.</summary>
    Span<float> Centre { get; }

    /// <summary>1 for each view that is there, 0 for one that is not; empty where the network knows no such input.</summary>
    Span<float> Weights { get; }

    /// <summary>Computes the outputs. Allocates nothing.</summary>
    void Run();

    /// <summary>x, y, z of each keypoint in the arena, metres; lent until the next run.</summary>
    ReadOnlySpan<float> Positions { get; }

    /// <summary>Confidence of each, 0 to 1.</summary>
    ReadOnlySpan<float> Confidence { get; }
}
