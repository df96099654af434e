using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// Samples of a recording on disk, in blocks: at real time, a multiple of it, or as fast as they are asked for. A block
/// ends where the device's numbers jump. Allocates nothing while it reads, and holds a few blocks of the file at a time.
/// </summary>
/// <remarks>
/// NB: files are read and not mapped into memory: where a mapped file becomes shorter while it is read, the whole process
/// is ended by a signal, and here it is a sentence.
/// </remarks>
public abstract class FileSampleSource : IRecordedSampleSource
{
    private readonly SessionClock? _clock;
    private readonly double _speed, _microvoltsPerCount;
    private SessionTime? _began;
    private long _blocks;

    /// <summary>Makes a source.</summary>
    /// <param name="channels">The channels, in the order in which samples are given.</param>
    /// <param name="rateHz">Samples per second and channel.</param>
    /// <param name="blockCapacity">Most samples of a block.</param>
    /// <param name="speed">1 plays at real time; null: as fast as blocks are asked for.</param>
    /// <param name="clock">The session's clock; needed with a speed.</param>
    private protected FileSampleSource(IReadOnlyList<SampleChannel> channels, double rateHz, int blockCapacity, double? speed, SessionClock? clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockCapacity, 1);
        if (speed is <= 0 || (speed is not null && clock is null))
            throw new ArgumentException("a speed must be above 0 and needs a clock", nameof(speed));
        (Channels, RateHz, BlockCapacity, _clock, _speed) = (channels, rateHz, blockCapacity, clock, speed ?? double.PositiveInfinity);
        _microvoltsPerCount = (channels.FirstOrDefault(channel => channel.Unit == "uV") ?? channels[0]).UnitsPerCount;
    }

    /// <inheritdoc/>
    public IReadOnlyList<SampleChannel> Channels { get; }

    /// <inheritdoc/>
    public double RateHz { get; }

    /// <inheritdoc/>
    public int BlockCapacity { get; }

    /// <inheritdoc/>
    public abstract long SampleCount { get; }

    /// <inheritdoc/>
    public abstract string Description { get; }

    /// <inheritdoc/>
    public SampleLedger Ledger { get; } = new();

    /// <summary>Samples per channel that were read.</summary>
    private protected long Position { get; private set; }

    /// <inheritdoc/>
    public bool TryRead(SampleBlock block, CancellationToken cancellation)
    {
        block.Require(Channels.Count, BlockCapacity);
        var left = (int)Math.Min(BlockCapacity, SampleCount - Position);
        if (left <= 0 || cancellation.IsCancellationRequested)
            return false;
        var count = ReadRun(block.Samples.AsSpan(0, left * Channels.Count), left, out var first);
        Position += count;
        if (!Wait(cancellation))
            return false;
        var now = _clock?.Now ?? default;
        Ledger.Enter(first, count, now);
        block.Describe(_blocks++, first, count, RateHz, _microvoltsPerCount, now, now);
        return true;
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Reads the next samples, as far as they follow each other without a jump.</summary>
    /// <param name="samples">Takes them, sample by sample.</param>
    /// <param name="most">Most samples per channel to read, at least 1 and at most what is left.</param>
    /// <param name="first">The device's number of the first.</param>
    /// <returns>How many samples per channel were read, at least 1.</returns>
    private protected abstract int ReadRun(Span<short> samples, int most, out long first);

    /// <summary>Waits until the block's last sample would have been there.</summary>
    private bool Wait(CancellationToken cancellation)
    {
        if (double.IsInfinity(_speed))
            return true;
        var began = _began ??= _clock!.Now;
        return _clock!.SleepUntil(began + (long)(Position / RateHz / _speed * SessionTime.NanosecondsPerSecond), cancellation);
    }
}
