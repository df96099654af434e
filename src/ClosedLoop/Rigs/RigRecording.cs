namespace ClosedLoop.Rigs;

/// <summary>The section <c>recording</c>: where sessions are kept.</summary>
public sealed record RigRecording
{
    /// <summary>The folder that recordings and pictures go to; made where it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>What to call the recording, without ending; null: the rig's name, the date and the time.</summary>
    public string? Name { get; init; }

    /// <summary>What must stay free on the disk, gigabytes (10^9 bytes): a session that would need it is refused, and a recording that reaches it ends.</summary>
    public double MinimumFreeGb { get; init; } = 1;
}
