using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Vision;

namespace ClosedLoop.Tracking;

/// <summary>The images that <c>track</c> looks at, and the cameras that took them: videos, or a recording.</summary>
/// <param name="Source">The images.</param>
/// <param name="Rig">The cameras' calibration.</param>
/// <param name="SetCount">How many sets there are, for the progress.</param>
/// <param name="Notes">Remarks, for a person.</param>
internal sealed record TrackInput(IFrameSource Source, RigCalibration Rig, long SetCount, IReadOnlyList<string> Notes) : IDisposable
{
    /// <summary>A folder with one video, or one folder of pictures, per camera; cameras of the calibration without one are told of.</summary>
    /// <exception cref="ClosedLoopException">Videos or calibration cannot be read, or do not belong together.</exception>
    public static TrackInput OfVideos(string folder, string calibrationPath, double? rateHz)
    {
        var rig = RigCalibrationFile.Load(calibrationPath).Rig;
        var found = VideoFrameSource.Find(folder);
        foreach (var name in found.Keys.Order(NaturalOrder.Instance))
            _ = rig.IndexOf(name);
        var cameras = rig.Cameras.Select(camera => camera.Name).ToLookup(found.ContainsKey);
        if (cameras[true].Count() < 2)
            throw ClosedLoopException.Usage($"the folder '{folder}' has videos of {cameras[true].Count()} of the calibration's cameras ({string.Join(", ", rig.Cameras.Select(camera => camera.Name))}); at least 2 are needed");
        var source = VideoFrameSource.Open(folder, [.. cameras[true]], rateHz: rateHz);
        return new(source, rig, source.SetCount, cameras[false].Any() ? [$"no video of {string.Join(", ", cameras[false])}"] : []);
    }

    /// <summary>The images of a recording.</summary>
    /// <param name="path">The recording.</param>
    /// <param name="calibrationPath">A calibration to be used instead of the recording's own; null: its own.</param>
    /// <exception cref="ClosedLoopException">The recording cannot be read, has no images, or there is no calibration.</exception>
    public static TrackInput OfRecording(string path, string? calibrationPath)
    {
        var recording = SessionRecording.Open(path);
        try
        {
            var source = RecordedImages.Open(recording);
            return new(source, RecordedImages.CalibrationOf(recording, calibrationPath).Rig, source.SetCount, recording.Notes);
        }
        catch
        {
            recording.Dispose();
            throw;
        }
    }

    /// <summary>Closes the images.</summary>
    public void Dispose() => Source.Dispose();
}
