using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>What is written at the beginning of a recording, before the first record.</summary>
public sealed record RecordingContent
{
    /// <summary>Sizes and names of the records.</summary>
    public required RecordingLayout Layout { get; init; }

    /// <summary>Encodes images; needed where the layout has cameras.</summary>
    public IImageCodec? ImageCodec { get; init; }

    /// <summary>Named sets of keys and values: the resolved configuration, versions and git commit, the machine.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Metadata { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>The name under which the calibration of a rig's cameras is kept among the files.</summary>
    public const string CalibrationName = "calibration.yaml";

    /// <summary>Files that a replay needs: the body, the animal, the cameras' calibration.</summary>
    public IReadOnlyList<RecordingAttachment> Attachments { get; init; } = [];
}
