using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>The samples of a bare int16 file without numbers beside it: they count on from the first.</summary>
public sealed class InterleavedSampleSource : FileSampleSource
{
    private readonly InterleavedFile _file;
    private readonly long _firstSample;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="described">The file that describes it.</param>
    /// <param name="description">What the source is, for a person.</param>
    /// <param name="channels">Its channels.</param>
    /// <param name="rateHz">Samples per second and channel.</param>
    /// <param name="firstSample">The device's number of the first sample.</param>
    /// <param name="blockCapacity">Most samples of a block.</param>
    /// <param name="speed">1 plays at real time; null: as fast as blocks are asked for.</param>
    /// <param name="clock">The session's clock; needed with a speed.</param>
    /// <exception cref="ClosedLoopException">It cannot be read, holds no samples, or ends within one.</exception>
    internal InterleavedSampleSource(
        string path, string described, string description, IReadOnlyList<SampleChannel> channels, double rateHz, long firstSample, int blockCapacity, double? speed, SessionClock? clock)
        : base(channels, rateHz, blockCapacity, speed, clock)
    {
        (Description, _firstSample) = (description, firstSample);
        try
        {
            _file = new(path, channels.Count, Path.GetFileName(described));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the samples that '{described}' describes cannot be read: {error.Message}", error);
        }
        if (_file.SampleCount == 0)
        {
            _file.Dispose();
            throw ClosedLoopException.Failed($"'{path}' holds no samples: the recording was not begun, or not copied");
        }
    }

    /// <inheritdoc/>
    public override long SampleCount => _file.SampleCount;

    /// <inheritdoc/>
    public override string Description { get; }

    /// <inheritdoc/>
    public override void Dispose() => _file.Dispose();

    private protected override int ReadRun(Span<short> samples, int most, out long first)
    {
        first = _firstSample + Position;
        _file.Read(samples, Position);
        return most;
    }
}
