using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// Reads the blocks of an .rhd file one after the other. In a block stand the numbers of its samples, then signal after
/// signal, each channel by channel: electrodes, auxiliary inputs (a quarter of the samples), supply voltages and
/// temperatures (one number each), analog inputs, digital inputs and digital outputs (one word for all lines).
/// </summary>
internal sealed class IntanBlockReader : IDisposable
{
    private readonly FileStream _file;
    private readonly byte[] _bytes;
    private readonly bool _signed;
    private readonly int _digitalStart;
    private long _read;

    /// <summary>Opens a file and checks that it holds whole blocks.</summary>
    /// <exception cref="ClosedLoopException">It ends within a block, holds none, or cannot be opened.</exception>
    public IntanBlockReader(string path, IntanHeader header)
    {
        (Samples, Electrodes) = (header.BlockSamples, header.Of(IntanSignal.Amplifier).Count);
        // NB: before version 1.2 numbers were unsigned; since then they are negative before a trigger.
        _signed = header.Version >= new Version(1, 2);
        _digitalStart = (4 * Samples) + (2 * ((Samples * (Electrodes + header.Of(IntanSignal.AnalogInput).Count))
            + (Samples / 4 * header.Of(IntanSignal.Auxiliary).Count) + header.Of(IntanSignal.Supply).Count + header.TemperatureSensors));
        var words = Enumerable.Count([IntanSignal.DigitalInput, IntanSignal.DigitalOutput], signal => header.Of(signal).Count > 0);
        _bytes = new byte[_digitalStart + (2 * Samples * words)];
        try
        {
            _file = SampleFileStream.Open(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"'{path}' cannot be read: {error.Message}", error);
        }
        var (length, rest) = Math.DivRem(_file.Length - header.DataStart, _bytes.Length);
        if (rest != 0 || length == 0)
        {
            _file.Dispose();
            throw ClosedLoopException.Failed(length == 0 && rest == 0
                ? $"'{path}' holds no samples: its data may be in files beside it that were not copied"
                : $"'{path}' ends {rest} bytes into its block {length} of {_bytes.Length} bytes: it was cut off, copy it again");
        }
        Blocks = length;
        _file.Position = header.DataStart;
    }

    /// <summary>Samples of a block.</summary>
    public int Samples { get; }

    /// <summary>Number of electrodes.</summary>
    public int Electrodes { get; }

    /// <summary>Blocks in the file.</summary>
    public long Blocks { get; }

    /// <summary>Reads the next block; false at the end.</summary>
    /// <exception cref="ClosedLoopException">The file became shorter.</exception>
    public bool Next()
    {
        if (_read == Blocks)
            return false;
        SampleFileStream.Fill(_file, _bytes, _read * Samples, Blocks * Samples);
        _read++;
        return true;
    }

    /// <summary>The device's number of a sample of the block.</summary>
    public long Number(int at) => MemoryMarshal.Cast<byte, int>(_bytes.AsSpan())[at] is var number && _signed ? number : (uint)number;

    /// <summary>The digital inputs at a sample of the block, a bit for each.</summary>
    public ushort DigitalInputs(int at) => MemoryMarshal.Cast<byte, ushort>(_bytes.AsSpan(_digitalStart))[at];

    /// <summary>Writes samples of the electrodes, sample by sample.</summary>
    public void Copy(int at, int count, Span<short> samples)
    {
        var words = MemoryMarshal.Cast<byte, ushort>(_bytes.AsSpan(4 * Samples));
        for (var electrode = 0; electrode < Electrodes; electrode++)
        {
            var from = words.Slice((electrode * Samples) + at, count);
            for (var i = 0; i < from.Length; i++)
                // Offset binary: 32768 is 0 V.
                samples[(i * Electrodes) + electrode] = (short)(from[i] ^ 0x8000);
        }
    }

    public void Dispose() => _file.Dispose();
}
