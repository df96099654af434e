using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>An opened recording of electrodes.</summary>
/// <param name="Source">Its samples; owned.</param>
/// <param name="Tetrodes">The channels of each tetrode, where the recording says; null where its format cannot.</param>
/// <param name="Edges">Reads the edges of its digital inputs; null where its format has none.</param>
public sealed record SampleFile(IRecordedSampleSource Source, IReadOnlyList<IReadOnlyList<int>>? Tetrodes, Func<IReadOnlyList<DigitalEdge>>? Edges) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Source.Dispose();
}
