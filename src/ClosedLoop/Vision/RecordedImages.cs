using System.Text;
using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;

namespace ClosedLoop.Vision;

/// <summary>The images of a recording, and the calibration of the cameras that took them.</summary>
internal static class RecordedImages
{
    /// <summary>The frame sets of a recording, which is then the source's.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="playbackRate">1: as fast as it was recorded; null: as fast as sets are asked for.</param>
    /// <param name="clock">The clock that playback at a rate goes by; null: one of its own.</param>
    /// <param name="frames">Only these sets, counted from the recording's first; null: all.</param>
    /// <exception cref="ClosedLoopException">It holds no images (exit code 2), or not these.</exception>
    public static RecordingFrameSource Open(SessionRecording recording, double? playbackRate = null, SessionClock? clock = null, FrameRange? frames = null) =>
        recording.Count(RecordingTopics.Frames) > 0
            ? new(recording, new JpegImages(), playbackRate, clock, frames)
            : throw ClosedLoopException.Usage(
                $"the recording '{recording.Path}' holds no images: {(recording.Layout.Frames is null ? "it was recorded without cameras" : "none had come when it ended")}; use what it holds of keypoints ('closedloop replay' without --keypoints vision), or name a recording of a session with cameras");

    /// <summary>The calibration of a recording's cameras.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="path">A calibration to be used instead of the recording's own; null: its own.</param>
    /// <exception cref="ClosedLoopException">There is none, or it cannot be read.</exception>
    public static RigCalibrationFile CalibrationOf(SessionRecording recording, string? path)
    {
        if (path is not null)
            return RigCalibrationFile.Load(path);
        return recording.AttachmentNames.Contains(RecordingContent.CalibrationName)
            ? RigCalibrationFile.Parse(Encoding.UTF8.GetString(recording.ReadAttachment(RecordingContent.CalibrationName).Data), $"{recording.Path}: {RecordingContent.CalibrationName}")
            : throw ClosedLoopException.Usage(
                $"the recording '{recording.Path}' does not hold the calibration of its cameras ({RecordingContent.CalibrationName} among its files); name it with --calibration rig.yaml");
    }
}
