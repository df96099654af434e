using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>How a keypoint file is to be read.</summary>
public sealed record KeypointFileOptions
{
    /// <summary>The keypoints that what follows expects, in its order; null: those of the file in the file's order.</summary>
    public KeypointLayout? Layout { get; init; } = KeypointLayout.Rat23;

    /// <summary>Unit of the file's numbers; by default decided from the size of the animal.</summary>
    public LengthUnit Units { get; init; } = LengthUnit.Auto;

    /// <summary>Frames per second of the animal's time; null: as the file says, where it is to be believed, or 50.</summary>
    public double? RateHz { get; init; }

    /// <summary>Which frames to read; null: all.</summary>
    public FrameRange? Frames { get; init; }

    /// <summary>How fast frames are handed out, 1 being real time; null: as fast as they are asked for.</summary>
    public double? PlaybackRate { get; init; }

    /// <summary>The clock that playback at a rate goes by; null: one of its own.</summary>
    public SessionClock? Clock { get; init; }

    /// <summary>Names to be given to keypoints of the file: from the file's name to the layout's.</summary>
    public IReadOnlyDictionary<string, string> Rename { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether keypoints of the layout that the file does not have are read as missing in every frame, instead of being an error.</summary>
    public bool AllowAbsentKeypoints { get; init; }

    /// <summary>Refuses options that make no sense.</summary>
    internal void Check()
    {
        if (RateHz is { } rate && !(rate > 0 && rate <= 100_000))
            throw ClosedLoopException.Usage($"{rate} is not a frame rate; give frames per second, as in 50");
        if (PlaybackRate is { } playback && !(playback > 0 && double.IsFinite(playback)))
            throw ClosedLoopException.Usage($"{playback} is not a playback rate; give 1 for real time, 2 for twice as fast, or max");
    }
}
