using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Writes keypoints to a file that <see cref="KeypointFile"/>, and the tools whose format it is, read. Until
/// <see cref="Complete"/> the file is not there: a writer that is disposed before leaves nothing.
/// </summary>
public interface IKeypointWriter : IDisposable
{
    /// <summary>How many sets were written.</summary>
    int Count { get; }

    /// <summary>Adds one set, which may be reused afterwards.</summary>
    /// <exception cref="ClosedLoopException">It cannot be written.</exception>
    void Write(Keypoints keypoints);

    /// <summary>Ends the file with what it has, and puts it in its place, over one that was there.</summary>
    /// <exception cref="ClosedLoopException">It cannot be written.</exception>
    void Complete();
}
