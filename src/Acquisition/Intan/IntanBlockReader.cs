using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// Reads the blocks of an .rhd file one after the other, or of the files into which a recording was cut, minute by minute. In
/// a block stand the numbers of its samples, then signal after signal, each channel by channel: electrodes, auxiliary inputs
/// (a quarter of the samples), supply voltages and temperatures (one number each), analog inputs, digital inputs and digital
/// outputs (one word for all lines).
/// </summary>
internal sealed class IntanBlockReader : IDisposable
{
    /// <summary>Samples of the electrodes for each of the auxiliary inputs.</summary>
    public const int AuxiliaryEvery = 4;

    private readonly byte[] _bytes;
    private readonly bool _signed;
    private readonly int _auxiliaryStart, _supplyStart, _analogStart, _digitalStart, _outputStart;
    private readonly (string Path, long DataStart, long Blocks)[] _files;
    private FileStream? _file;
    private int _fileAt = -1;
    private long _readOfFile, _read;

    /// <summary>Checks that the files hold whole blocks.</summary>
    /// <param name="files">The files in order of time, and their heads, which agree.</param>
    /// <exception cref="ClosedLoopException">One ends within a block, there are none, or one cannot be opened.</exception>
    public IntanBlockReader(IReadOnlyList<(string Path, IntanHeader Header)> files)
    {
        var header = files[0].Header;
        (Samples, Electrodes) = (header.BlockSamples, header.Of(IntanSignal.Amplifier).Count);
        // NB: before version 1.2 numbers were unsigned; since then they are negative before a trigger.
        _signed = header.Version >= new Version(1, 2);
        _auxiliaryStart = (4 * Samples) + (2 * Samples * Electrodes);
        _supplyStart = _auxiliaryStart + (2 * (Samples / AuxiliaryEvery) * header.Of(IntanSignal.Auxiliary).Count);
        _analogStart = _supplyStart + (2 * (header.Of(IntanSignal.Supply).Count + header.TemperatureSensors));
        _digitalStart = _analogStart + (2 * Samples * header.Of(IntanSignal.AnalogInput).Count);
        _outputStart = _digitalStart + (header.Of(IntanSignal.DigitalInput).Count > 0 ? 2 * Samples : 0);
        _bytes = new byte[_outputStart + (header.Of(IntanSignal.DigitalOutput).Count > 0 ? 2 * Samples : 0)];
        _files = [.. files.Select(file => (file.Path, file.Header.DataStart, BlocksOf(file.Path, file.Header.DataStart))).Where(file => file.Item3 > 0)];
        Blocks = _files.Sum(file => file.Blocks);
        if (Blocks == 0)
            throw ClosedLoopException.Failed($"'{files[0].Path}' holds no samples: the recording was not begun, or not copied");
    }

    /// <summary>The file of the block that was read last.</summary>
    public string Path => _files[Math.Max(_fileAt, 0)].Path;

    /// <summary>Samples of a block.</summary>
    public int Samples { get; }

    /// <summary>Number of electrodes.</summary>
    public int Electrodes { get; }

    /// <summary>Blocks in the file.</summary>
    public long Blocks { get; }

    /// <summary>Reads the next block; false at the end.</summary>
    /// <exception cref="ClosedLoopException">A file became shorter, or cannot be opened any more.</exception>
    public bool Next()
    {
        if (_read == Blocks)
            return false;
        if (_fileAt < 0 || _readOfFile == _files[_fileAt].Blocks)
        {
            _file?.Dispose();
            _fileAt++;
            _readOfFile = 0;
            _file = Open(Path);
            _file.Position = _files[_fileAt].DataStart;
        }
        SampleFileStream.Fill(_file!, _bytes, _read * Samples, Blocks * Samples);
        _readOfFile++;
        _read++;
        return true;
    }

    /// <summary>The device's number of a sample of the block.</summary>
    public long Number(int at) => MemoryMarshal.Cast<byte, int>(_bytes.AsSpan())[at] is var number && _signed ? number : (uint)number;

    /// <summary>The digital inputs at a sample of the block, a bit for each.</summary>
    public ushort DigitalInputs(int at) => MemoryMarshal.Cast<byte, ushort>(_bytes.AsSpan(_digitalStart))[at];

    /// <summary>The digital outputs at a sample of the block, a bit for each.</summary>
    public ushort DigitalOutputs(int at) => MemoryMarshal.Cast<byte, ushort>(_bytes.AsSpan(_outputStart))[at];

    /// <summary>Samples of the electrodes for each number of a signal that is neither an electrode nor digital.</summary>
    public int Every(IntanSignal signal) => signal switch { IntanSignal.Auxiliary => AuxiliaryEvery, IntanSignal.Supply => Samples, _ => 1 };

    /// <summary>The block's numbers of such a signal's channel.</summary>
    public ReadOnlySpan<ushort> Numbers(IntanSignal signal, int channel)
    {
        var count = Samples / Every(signal);
        var start = signal switch { IntanSignal.Auxiliary => _auxiliaryStart, IntanSignal.Supply => _supplyStart, _ => _analogStart };
        return MemoryMarshal.Cast<byte, ushort>(_bytes.AsSpan(start)).Slice(channel * count, count);
    }

    /// <summary>Writes samples of the electrodes, sample by sample; in the file they are offset binary, and 32768 is 0 V.</summary>
    public void Copy(int at, int count, Span<short> samples) => ChannelColumns.Interleave(
        MemoryMarshal.Cast<byte, short>(_bytes.AsSpan(4 * Samples))[at..], Samples, samples[..(count * Electrodes)], Electrodes, short.MinValue);

    public void Dispose() => _file?.Dispose();

    private long BlocksOf(string path, long dataStart)
    {
        using var file = Open(path);
        var (blocks, rest) = Math.DivRem(file.Length - dataStart, _bytes.Length);
        return rest == 0
            ? blocks
            : throw ClosedLoopException.Failed($"'{path}' ends {rest} bytes into its block {blocks} of {_bytes.Length} bytes: it was cut off, copy it again");
    }

    private static FileStream Open(string path)
    {
        try
        {
            return SampleFileStream.Open(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"'{path}' cannot be read: {error.Message}", error);
        }
    }
}
