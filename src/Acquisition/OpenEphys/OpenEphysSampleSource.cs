using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// The samples of an Open Ephys recording, in blocks: at real time, a multiple of it, or as fast as they are asked for.
/// Blocks end where the device's numbers jump. Allocates nothing while it reads.
/// </summary>
public sealed class OpenEphysSampleSource : ISampleSource
{
    private readonly OpenEphysStream _stream;
    private readonly FileStream _data, _numbers;
    private readonly SessionClock? _clock;
    private readonly double _speed;
    private readonly byte[] _numberBytes;
    private SessionTime? _began;
    private long _read, _blocks;

    // Numbers that were read and not used, because a block ended before them.
    private int _numbersAt, _numbersHeld;

    /// <summary>Opens a stream and checks that its files agree.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="blockCapacity">Most samples of a block.</param>
    /// <param name="speed">1 plays at real time; null: as fast as blocks are asked for.</param>
    /// <param name="clock">The session's clock; needed with a speed.</param>
    /// <exception cref="ClosedLoopException">A file is missing, truncated, or does not fit the others.</exception>
    public OpenEphysSampleSource(OpenEphysStream stream, int blockCapacity = 128, double? speed = null, SessionClock? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockCapacity, 1);
        if (speed is <= 0 || (speed is not null && clock is null))
            throw new ArgumentException("a speed must be above 0 and needs a clock", nameof(speed));
        (_stream, BlockCapacity, _clock, _speed) = (stream, blockCapacity, clock, speed ?? double.PositiveInfinity);
        _numberBytes = new byte[8 * blockCapacity];
        FileStream? data = null, numbers = null;
        try
        {
            data = new(stream.DataPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 20);
            numbers = new(stream.NumbersPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
            var sampleBytes = 2L * stream.Channels.Count;
            if (data.Length % sampleBytes != 0)
                throw ClosedLoopException.Failed($"'{stream.DataPath}' has {data.Length} bytes, which is no whole number of samples of {stream.Channels.Count} channels ({sampleBytes} bytes): it was cut off, or {Path.GetFileName(stream.DataPath)} and structure.oebin are not of one recording");
            SampleCount = data.Length / sampleBytes;
            var header = NpyHeader.Read(numbers);
            if (header.Type != "i8")
                throw ClosedLoopException.Failed($"'{stream.NumbersPath}' holds '{header.Type}', and the numbers of samples are i8");
            if (header.Count != SampleCount)
                throw ClosedLoopException.Failed($"'{stream.DataPath}' has {SampleCount} samples, and '{Path.GetFileName(stream.NumbersPath)}' beside it numbers {header.Count}: one of them was cut off; copy the recording again");
        }
        catch (Exception error)
        {
            data?.Dispose();
            numbers?.Dispose();
            if (error is IOException or UnauthorizedAccessException)
                throw ClosedLoopException.Failed($"the stream '{stream.Name}' of the recording cannot be read: {error.Message}", error);
            throw;
        }
        (_data, _numbers) = (data, numbers);
    }

    /// <inheritdoc/>
    public IReadOnlyList<SampleChannel> Channels => _stream.Channels;

    /// <inheritdoc/>
    public double RateHz => _stream.RateHz;

    /// <inheritdoc/>
    public int BlockCapacity { get; }

    /// <summary>Samples per channel in the file.</summary>
    public long SampleCount { get; }

    /// <inheritdoc/>
    public string Description => $"stream '{_stream.Name}' of an Open Ephys recording";

    /// <inheritdoc/>
    public SampleLedger Ledger { get; } = new();

    /// <inheritdoc/>
    public bool TryRead(SampleBlock block, CancellationToken cancellation)
    {
        if (block.ChannelCount != Channels.Count || block.Samples.Length < Channels.Count * BlockCapacity)
            throw new ArgumentException($"the block holds {block.Samples.Length} numbers of {block.ChannelCount} channels; {Channels.Count} channels of {BlockCapacity} samples are read", nameof(block));
        var left = (int)Math.Min(BlockCapacity, SampleCount - _read);
        if (left <= 0 || cancellation.IsCancellationRequested)
            return false;
        var first = Peek(left, out var count);
        var samples = block.Samples.AsSpan(0, count * Channels.Count);
        try
        {
            _data.ReadExactly(MemoryMarshal.AsBytes(samples));
        }
        catch (EndOfStreamException error)
        {
            throw ClosedLoopException.Failed($"'{_stream.DataPath}' became shorter while it was read, at sample {_read} of {SampleCount}", error);
        }
        _numbersAt += count;
        _read += count;
        if (!Wait(cancellation))
            return false;
        var now = _clock?.Now ?? default;
        Ledger.Enter(first, count, now);
        block.SampleCount = count;
        block.MicrovoltsPerCount = Channels[0].UnitsPerCount;
        block.Stamp = new(_blocks++, first, (long)(first / RateHz * SessionTime.NanosecondsPerSecond), now, now);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _data.Dispose();
        _numbers.Dispose();
    }

    /// <summary>The number of the next sample, and how many from it on follow each other without a jump.</summary>
    private long Peek(int most, out int count)
    {
        if (_numbersAt == _numbersHeld)
        {
            try
            {
                _numbers.ReadExactly(_numberBytes, 0, 8 * most);
            }
            catch (EndOfStreamException error)
            {
                throw ClosedLoopException.Failed($"'{_stream.NumbersPath}' became shorter while it was read, at sample {_read} of {SampleCount}", error);
            }
            (_numbersAt, _numbersHeld) = (0, most);
        }
        var first = Number(_numbersAt);
        if (Ledger.Next != RecordStamp.None && first < Ledger.Next)
            throw ClosedLoopException.Failed($"'{_stream.NumbersPath}' goes back at sample {_read}, from number {Ledger.Next - 1} to {first}; the recording is not as Open Ephys writes it");
        for (count = 1; _numbersAt + count < _numbersHeld && Number(_numbersAt + count) == first + count; count++)
        {
        }
        return first;
    }

    private long Number(int at) => BinaryPrimitives.ReadInt64LittleEndian(_numberBytes.AsSpan(8 * at));

    /// <summary>Waits until the block's last sample would have been there.</summary>
    private bool Wait(CancellationToken cancellation)
    {
        if (double.IsInfinity(_speed))
            return true;
        var began = _began ??= _clock!.Now;
        return _clock!.WaitUntil(began + (long)(_read / RateHz / _speed * SessionTime.NanosecondsPerSecond), cancellation);
    }
}
