namespace ClosedLoop.PoseTracking;

/// <summary>
/// A network that looks at all keypoints of one animal at once and says where they are more likely to be: what the
/// skeleton allows and how an animal holds itself is known to it, as each keypoint's own evidence is not. An ONNX model,
/// or whatever else can be asked. Write the inputs in place, run once, read the outputs in place.
/// </summary>
public interface IPoseNetwork : IDisposable
{
    /// <summary>How many keypoints it takes.</summary>
    int KeypointCount { get; }

    /// <summary>Where each keypoint was found, x y z each, metres; anything where it was not.</summary>
    Span<float> Found { get; }

    /// <summary>How uncertain each place is, a symmetric 3 x 3 matrix each, row by row, square metres.</summary>
    Span<float> Covariance { get; }

    /// <summary>1 for a keypoint that was found, 0 for another.</summary>
    Span<float> Seen { get; }

    /// <summary>Where each keypoint is thought to be, x y z each, metres; lent until the next run.</summary>
    ReadOnlySpan<float> Positions { get; }

    /// <summary>How uncertain that is: the standard deviation along one axis, metres, one a keypoint.</summary>
    ReadOnlySpan<float> SigmaM { get; }

    /// <summary>Computes the outputs. Allocates nothing.</summary>
    void Run();
}
