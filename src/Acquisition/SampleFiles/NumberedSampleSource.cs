using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>Samples beside which a file has the device's number of each: gaps are where these jump.</summary>
public abstract class NumberedSampleSource : FileSampleSource
{
    private readonly ISampleData _data;
    private readonly SampleNumberFile _numbers;

    /// <summary>Makes a source of files that are open and agree; it owns them.</summary>
    private protected NumberedSampleSource(
        (ISampleData Data, SampleNumberFile Numbers) files, IReadOnlyList<SampleChannel> channels, double rateHz, int blockCapacity, double? speed, SessionClock? clock)
        : base(channels, rateHz, blockCapacity, speed, clock) => (_data, _numbers) = files;

    /// <inheritdoc/>
    public override long SampleCount => _data.SampleCount;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _data.Dispose();
        _numbers.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected override int ReadRun(Span<short> samples, int most, out long first)
    {
        first = _numbers.Peek(most, out var count);
        _data.Read(samples[..(count * Channels.Count)], Position);
        _numbers.Advance(count);
        return count;
    }
}
