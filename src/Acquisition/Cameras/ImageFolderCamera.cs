using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>A camera that plays the pictures of a folder in the natural order of their names.</summary>
/// <param name="name">What the rig calls it.</param>
/// <param name="path">The folder.</param>
/// <param name="clock">The session's clock.</param>
/// <param name="trigger">A trigger that other cameras share; null: one of its own.</param>
/// <param name="rateHz">The rate of a trigger of its own; a folder states none.</param>
/// <param name="isPaced">Whether a trigger of its own keeps real time; false: frames come as fast as they are read.</param>
/// <param name="framesAhead">How many frames are decoded ahead.</param>
public sealed class ImageFolderCamera(
    string name, string path, SessionClock clock, TriggerClock? trigger = null, double? rateHz = null, bool isPaced = true, int framesAhead = 4)
    : SequenceCamera(name, clock, trigger, rateHz, isPaced, framesAhead)
{
    /// <inheritdoc/>
    public override string Description => $"pictures in {path}";

    /// <inheritdoc/>
    protected override IImageSequence OpenImages() => ImageFolder.Open(path);
}
