using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Vision;

namespace ClosedLoop.Rigs;

/// <summary>The section <c>cameras</c>: what films the animal, and which networks look at it.</summary>
public sealed record RigCameras
{
    /// <summary>Folder with one video, or one folder of pictures, per camera; null where the cameras are devices.</summary>
    public string? VideoFolder { get; init; }

    /// <summary>Cameras that Video4Linux knows; empty where videos are played.</summary>
    public IReadOnlyList<RigDevice> Devices { get; init; } = [];

    /// <summary>The rig's calibration, as <c>calibrate</c> wrote it.</summary>
    public required string CalibrationPath { get; init; }

    /// <summary>The networks.</summary>
    public VisionOptions Vision { get; init; } = new();

    /// <summary>Faults to be planted in cameras by name, to see how a session bears them.</summary>
    public IReadOnlyList<(string Camera, CameraFault Fault)> Faults { get; init; } = [];

    /// <summary>Opens cameras and networks; nothing is delivered before the first read.</summary>
    /// <param name="clock">The session's clock.</param>
    /// <exception cref="ClosedLoopException">A camera, the calibration or the model cannot be used.</exception>
    /// <param name="trigger">Receives what triggers cameras that play videos; null where the cameras are devices.</param>
    public VisionKeypointSource Open(SessionClock clock, out TriggerClock? trigger)
    {
        // NB: first, so that of a calibration that is wrong this is said, whatever the videos are.
        var rig = RigCalibrationFile.Load(CalibrationPath).Rig;
        trigger = MakeTrigger(clock);
        return Vision.Open(OpenCameras(clock, [.. rig.Cameras.Select(camera => camera.Name)], trigger), rig, clock, isLive: true);
    }

    /// <summary>Opens the cameras alone, before there is a calibration or without one.</summary>
    /// <param name="clock">The session's clock.</param>
    /// <param name="names">Which videos, in which order, where videos are played; null: all that there are.</param>
    /// <param name="trigger">What triggers cameras that play videos; null: one of their own.</param>
    /// <exception cref="ClosedLoopException">A camera cannot be used.</exception>
    public CameraFrameSource OpenCameras(SessionClock clock, IReadOnlyList<string>? names, TriggerClock? trigger = null)
    {
        var cameras = new List<ICamera>();
        try
        {
            cameras.AddRange(VideoFolder is { } folder ? Videos(folder, names, clock, trigger ?? MakeTrigger(clock)!) : Devices.Select(device => device.Make(clock)));
            foreach (var name in Faults.Select(fault => fault.Camera).Distinct())
            {
                var place = cameras.FindIndex(camera => camera.Name == name);
                if (place < 0)
                    throw ClosedLoopException.Usage($"a fault is to be planted in the camera '{name}'{Spelling.Suggest(name, [.. cameras.Select(camera => camera.Name)])}, which the rig does not have");
                cameras[place] = new FaultyCamera(cameras[place], clock, [.. Faults.Where(fault => fault.Camera == name).Select(fault => fault.Fault)]);
            }
            return new(cameras, clock);
        }
        catch
        {
            cameras.ForEach(camera => camera.Dispose());
            throw;
        }
    }

    /// <summary>The trigger that all cameras that play videos share; null where the cameras are devices.</summary>
    /// <param name="clock">The session's clock.</param>
    /// <exception cref="ClosedLoopException">The videos cannot be used.</exception>
    private TriggerClock? MakeTrigger(SessionClock clock)
    {
        if (VideoFolder is null)
            return null;
        using var source = VideoFrameSource.Open(VideoFolder);
        return new(clock, source.RateHz);
    }

    /// <summary>One camera per video, all on one trigger.</summary>
    private static IEnumerable<ICamera> Videos(string folder, IReadOnlyList<string>? names, SessionClock clock, TriggerClock trigger)
    {
        var found = VideoFrameSource.Find(folder);
        foreach (var name in names?.Where(found.ContainsKey) ?? found.Keys.Order(NaturalOrder.Instance))
            yield return Directory.Exists(found[name])
                ? new ImageFolderCamera(name, found[name], clock, trigger)
                : new VideoFileCamera(name, found[name], clock, trigger);
    }
}
