using System.Diagnostics.CodeAnalysis;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// A camera, whatever it is: opened, configured, started, read, stopped. One thread reads; the other calls may come
/// from any one thread at a time, <see cref="Stop"/> also while another reads.
/// </summary>
/// <remarks>Opening, stopping and disposing are idempotent. Errors name the camera and its device.</remarks>
public interface ICamera : IDisposable
{
    /// <summary>What the rig calls it, as in "cam1".</summary>
    string Name { get; }

    /// <summary>What it is and where, for a person.</summary>
    string Description { get; }

    /// <summary>Where it stands.</summary>
    CameraState State { get; }

    /// <summary>What can be asked of it; known once it is open.</summary>
    CameraCapabilities Capabilities { get; }

    /// <summary>What it delivers; known once it is open.</summary>
    CameraFormat Format { get; }

    /// <summary>What it has delivered and lost so far.</summary>
    CameraStatistics Statistics { get; }

    /// <summary>Frames that are lent and have not been returned.</summary>
    int OutstandingFrames { get; }

    /// <summary>Takes the device into use.</summary>
    /// <exception cref="ClosedLoopException">There is none, or it cannot be used; the message says what there is.</exception>
    void Open();

    /// <summary>Asks for other settings; the camera is open and not running. <see cref="Format"/> says what was granted.</summary>
    /// <exception cref="ClosedLoopException">It cannot do that; the message says what it can.</exception>
    void Configure(CameraSettings settings);

    /// <summary>Lets frames come; opens the device where it is not open.</summary>
    void Start();

    /// <summary>Waits for the next frame, which is lent until it is handed to <see cref="Return"/>.</summary>
    /// <returns>False at the end of the frames, after <see cref="Stop"/>, or when <paramref name="cancellation"/> is asked for.</returns>
    /// <exception cref="ClosedLoopException">The device failed; the message says how.</exception>
    bool TryRead([NotNullWhen(true)] out CameraFrame? frame, CancellationToken cancellation);

    /// <summary>Gives a frame back.</summary>
    void Return(CameraFrame frame);

    /// <summary>Ends the frames and, where another thread waits for one, that wait. The device stays open.</summary>
    void Stop();
}
