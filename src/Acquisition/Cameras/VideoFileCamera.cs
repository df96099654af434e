using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>A camera that plays a video file (.mp4, .avi, and what else FFmpeg reads).</summary>
/// <param name="name">What the rig calls it.</param>
/// <param name="path">The file.</param>
/// <param name="clock">The session's clock.</param>
/// <param name="trigger">A trigger that other cameras share; null: one of its own.</param>
/// <param name="rateHz">The rate of a trigger of its own; null: the file's rate.</param>
/// <param name="isPaced">Whether a trigger of its own keeps real time; false: frames come as fast as they are read.</param>
/// <param name="framesAhead">How many frames are decoded ahead.</param>
public sealed class VideoFileCamera(
    string name, string path, SessionClock clock, TriggerClock? trigger = null, double? rateHz = null, bool isPaced = true, int framesAhead = 4)
    : SequenceCamera(name, clock, trigger, rateHz, isPaced, framesAhead)
{
    /// <inheritdoc/>
    public override string Description => $"video {path}";

    /// <inheritdoc/>
    protected override IImageSequence OpenImages() => VideoFile.Open(path);
}
