namespace ClosedLoop.Core;

/// <summary>Samples that lie on a disk, and have an end that is known.</summary>
public interface IRecordedSampleSource : ISampleSource
{
    /// <summary>Samples per channel.</summary>
    long SampleCount { get; }
}
