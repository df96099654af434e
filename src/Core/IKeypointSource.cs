namespace ClosedLoop.Core;

/// <summary>
/// Where keypoint sets come from: a network that watches cameras, a simulated animal, a keypoint file, a recording.
/// What follows cannot tell which.
/// </summary>
public interface IKeypointSource : IDisposable
{
    /// <summary>Names and order of the keypoints.</summary>
    KeypointLayout Layout { get; }

    /// <summary>Sets per second of the animal's time, whatever the rate at which they are read.</summary>
    double RateHz { get; }

    /// <summary>What this source is, in a few words for a person.</summary>
    string Description { get; }

    /// <summary>
    /// Waits for the next set and writes it to <paramref name="keypoints"/>, stamp included. A source without end
    /// waits at its own pace.
    /// </summary>
    /// <returns>False at the end, or when <paramref name="cancellation"/> is asked for.</returns>
    /// <exception cref="ClosedLoopException">The source failed; the message says how.</exception>
    bool TryRead(Keypoints keypoints, CancellationToken cancellation);
}
