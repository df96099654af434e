using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// The electrodes of an .rhd file, or several that follow each other, that hold their samples themselves. Where one file ends,
/// opening the next allocates its buffer.
/// </summary>
public sealed class IntanBlockSource : FileSampleSource
{
    private readonly string _name;
    private readonly IntanBlockReader _reader;
    private int _at;
    private long? _next;

    internal IntanBlockSource(string name, IntanBlockReader reader, IReadOnlyList<SampleChannel> channels, double rateHz, int blockCapacity, double? speed, SessionClock? clock)
        : base(channels, rateHz, blockCapacity, speed, clock) => (_name, _reader, _at) = (name, reader, reader.Samples);

    /// <inheritdoc/>
    public override long SampleCount => _reader.Blocks * _reader.Samples;

    /// <inheritdoc/>
    public override string Description => $"Intan recording {_name}";

    /// <inheritdoc/>
    public override void Dispose() => _reader.Dispose();

    private protected override int ReadRun(Span<short> samples, int most, out long first)
    {
        var count = 0;
        first = 0;
        while (count < most)
        {
            if (_at == _reader.Samples)
            {
                _reader.Next();
                _at = 0;
            }
            var number = _reader.Number(_at);
            if (count == 0)
                first = number < _next ? throw SampleNumberFile.GoesBack(_reader.Path, Position, _next.Value - 1, number) : number;
            else if (number != first + count)
                break;
            var run = 1;
            while (_at + run < _reader.Samples && count + run < most && _reader.Number(_at + run) == number + run)
                run++;
            _reader.Copy(_at, run, samples[(count * _reader.Electrodes)..]);
            (_at, count) = (_at + run, count + run);
        }
        _next = first + count;
        return count;
    }
}
