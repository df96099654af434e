using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>Samples on disk without their numbers, read from the first to the last.</summary>
internal interface ISampleData : IDisposable
{
    /// <summary>Samples per channel.</summary>
    long SampleCount { get; }

    /// <summary>Fills <paramref name="samples"/> with the next samples, sample by sample.</summary>
    /// <param name="samples">Whole samples of all channels, at most as many as a block takes.</param>
    /// <param name="position">The first of them, counted from 0, for messages.</param>
    /// <exception cref="ClosedLoopException">The files became shorter, or cannot be read.</exception>
    void Read(Span<short> samples, long position);
}
