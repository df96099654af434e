using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>What a reader of motion clips takes from the caller instead of the file, or where the file does not say it.</summary>
public sealed record ClipFileOptions
{
    /// <summary>Frames a second; null: the file's, or <see cref="ClipFileReader.UnstatedRateHz"/> where it states none.</summary>
    public double? RateHz { get; init; }

    /// <summary>Frames a clip of a file in stac-mjx's layout; null: as the file's configuration says.</summary>
    public int? FramesPerClip { get; init; }

    /// <summary>
    /// What each entry of qpos belongs to (see <see cref="MotionLibrary.QposNames"/>), for the layouts that name no joints;
    /// ignored where the file names them.
    /// </summary>
    public IReadOnlyList<string>? QposNames { get; init; }

    internal void Check()
    {
        if (RateHz is { } rate && !(rate > 0 && double.IsFinite(rate)))
            throw ClosedLoopException.Usage($"a rate of {rate} frames a second is not possible; it must be above 0");
        if (FramesPerClip < 1)
            throw ClosedLoopException.Usage($"clips of {FramesPerClip} frames are not possible; give 1 or more");
    }
}
