namespace ClosedLoop.Recording;

/// <summary>What is written at the beginning of a recording, before the first record.</summary>
public sealed record RecordingContent
{
    /// <summary>Sizes and names of the records.</summary>
    public required RecordingLayout Layout { get; init; }

    /// <summary>Named sets of keys and values: the resolved configuration, versions and git commit, the machine.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Metadata { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Files that a replay needs: the body, the animal.</summary>
    public IReadOnlyList<RecordingAttachment> Attachments { get; init; } = [];
}
