namespace ClosedLoop.Core;

/// <summary>
/// Where frame sets come from: cameras, simulated cameras, a dataset of videos, a recording. What follows cannot tell
/// which.
/// </summary>
public interface IFrameSource : IDisposable
{
    /// <summary>The cameras' names, in the order of a set's images.</summary>
    IReadOnlyList<string> CameraNames { get; }

    /// <summary>Width and height in pixels and channels (1 grey, 3 RGB), per camera; <see cref="FrameSet"/>s are made for these.</summary>
    IReadOnlyList<(int Width, int Height, int Channels)> Cameras { get; }

    /// <summary>Sets per second of the animal's time, whatever the rate at which they are read.</summary>
    double RateHz { get; }

    /// <summary>What this source is, in a few words for a person.</summary>
    string Description { get; }

    /// <summary>
    /// Waits for the next set and writes it to <paramref name="set"/>, stamps included; images that did not come are
    /// marked in <see cref="FrameSet.Present"/>. The set's buffers may be exchanged for others of the same sizes.
    /// </summary>
    /// <returns>False at the end, or when <paramref name="cancellation"/> is asked for.</returns>
    /// <exception cref="ClosedLoopException">The source failed; the message says how.</exception>
    bool TryRead(FrameSet set, CancellationToken cancellation);
}
