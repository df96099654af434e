using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// The samples of a recorded session as a source. As they were recorded, block by block with the recorded stamps, they
/// are sorted as they were in the session; in blocks of a wanted size they are a recording like any other. Allocates
/// nothing while it reads.
/// </summary>
public sealed class RecordingSampleSource : IRecordedSampleSource
{
    private readonly SessionRecording _recording;
    private readonly TetrodeLayout _layout;
    private readonly RecordReader<SampleBlock> _blocks;
    private readonly SampleBlock _next;
    private readonly bool _asRecorded, _ownsRecording;
    private readonly SessionClock? _clock;
    private readonly double? _speed;
    private SessionTime? _began;
    private int _taken;
    private long? _sampleCount;
    private long _sequence, _position;
    private bool _firstCame;

    /// <summary>Makes a source at the recording's beginning.</summary>
    /// <param name="recording">An open recording.</param>
    /// <param name="blockCapacity">Most samples of a block; null: the blocks as they were recorded, with their stamps.</param>
    /// <param name="speed">1 plays at real time; null: as fast as blocks are asked for.</param>
    /// <param name="clock">The session's clock; needed with a speed.</param>
    /// <param name="ownsRecording">Whether the recording is closed with the source.</param>
    /// <exception cref="ClosedLoopException">It holds no samples.</exception>
    public RecordingSampleSource(SessionRecording recording, int? blockCapacity = null, double? speed = null, SessionClock? clock = null, bool ownsRecording = false)
    {
        if (blockCapacity is { } wanted)
            ArgumentOutOfRangeException.ThrowIfLessThan(wanted, 1, nameof(blockCapacity));
        if (speed is <= 0 || (speed is not null && clock is null))
            throw new ArgumentException("a speed must be above 0 and needs a clock", nameof(speed));
        _layout = recording.Layout.Tetrodes ?? throw ClosedLoopException.Usage($"'{recording.Path}' holds no samples; it was recorded without tetrodes");
        (_recording, _asRecorded, _speed, _clock, _ownsRecording) = (recording, blockCapacity is null, speed, clock, ownsRecording);
        BlockCapacity = blockCapacity ?? _layout.BlockCapacity;
        _next = _layout.NewSampleBlock();
        _blocks = recording.Samples();
        if (recording.Count(RecordingTopics.Samples) == 0)
            throw ClosedLoopException.Failed($"'{recording.Path}' holds no samples: nothing came from its electrodes");
    }

    /// <inheritdoc/>
    public IReadOnlyList<SampleChannel> Channels => _layout.Channels;

    /// <summary>The channels of each tetrode.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Tetrodes => _layout.Tetrodes;

    /// <inheritdoc/>
    public double RateHz => _layout.RateHz;

    /// <inheritdoc/>
    public int BlockCapacity { get; }

    /// <inheritdoc/>
    /// <remarks>Counted when it is first asked for: blocks say it, and nothing else does.</remarks>
    public long SampleCount => _sampleCount ??= Count(_recording);

    /// <inheritdoc/>
    public string Description => $"{Path.GetFileName(_recording.Path)} (recording, {Channels.Count} channels at {RateHz:G6} Hz)";

    /// <inheritdoc/>
    public SampleLedger Ledger { get; } = new();

    /// <inheritdoc/>
    public bool TryRead(SampleBlock block, CancellationToken cancellation)
    {
        block.Require(Channels.Count, BlockCapacity);
        if (cancellation.IsCancellationRequested || !Fetch())
            return false;
        var count = Math.Min(BlockCapacity, _next.SampleCount - _taken);
        var first = _next.Stamp.DeviceCounter + _taken;
        _next.Samples.AsSpan(_taken * Channels.Count, count * Channels.Count).CopyTo(block.Samples);
        _taken += count;
        // NB: blocks that follow each other are put together where larger ones are wanted, or what is sorted would depend on how it was recorded.
        while (!_asRecorded && count < BlockCapacity && Fetch() && _next.Stamp.DeviceCounter + _taken == first + count)
        {
            var more = Math.Min(BlockCapacity - count, _next.SampleCount - _taken);
            _next.Samples.AsSpan(_taken * Channels.Count, more * Channels.Count).CopyTo(block.Samples.AsSpan(count * Channels.Count));
            (_taken, count) = (_taken + more, count + more);
        }
        _position += count;
        if (_speed is { } speed)
        {
            var began = _began ??= _clock!.Now;
            if (!_clock!.SleepUntil(began + (long)(_position / RateHz / speed * SessionTime.NanosecondsPerSecond), cancellation))
                return false;
        }
        var now = _clock?.Now ?? default;
        // NB: a device that began to count anew has a lesser number, and that is no repetition.
        if (_firstCame && first < Ledger.Next)
            Ledger.Restart();
        _firstCame = true;
        Ledger.Enter(first, count, now);
        if (_asRecorded)
            (block.SampleCount, block.MicrovoltsPerCount, block.Stamp) = (count, _next.MicrovoltsPerCount, _next.Stamp);
        else
            block.Describe(_sequence++, first, count, RateHz, _next.MicrovoltsPerCount, now, now);
        return true;
    }

    /// <summary>Closes the recording where it is the source's.</summary>
    public void Dispose()
    {
        if (_ownsRecording)
            _recording.Dispose();
    }

    /// <summary>Sees that a recorded block with samples that were not taken yet is there.</summary>
    private bool Fetch()
    {
        while (_taken >= _next.SampleCount)
        {
            if (!_blocks.TryRead(_next))
                return false;
            _taken = 0;
        }
        return true;
    }

    /// <summary>Samples per channel of all blocks. Every block but the last of a run is full, but a device may say otherwise: they are counted.</summary>
    private static long Count(SessionRecording recording)
    {
        var (reader, block, count) = (recording.Samples(), recording.Layout.Tetrodes!.NewSampleBlock(), 0L);
        while (reader.TryRead(block))
            count += block.SampleCount;
        return count;
    }
}
