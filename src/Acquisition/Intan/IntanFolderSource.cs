using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>The electrodes of an Intan recording that lies in files beside info.rhd.</summary>
public sealed class IntanFolderSource : NumberedSampleSource
{
    private readonly string _folder;

    internal IntanFolderSource(
        string folder, (ISampleData, SampleNumberFile) files, IReadOnlyList<SampleChannel> channels, double rateHz, int blockCapacity, double? speed, SessionClock? clock)
        : base(files, channels, rateHz, blockCapacity, speed, clock) => _folder = folder;

    /// <inheritdoc/>
    public override string Description => $"Intan recording in {Path.GetFileName(_folder)}";
}
