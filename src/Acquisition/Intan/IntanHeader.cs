using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// The head of an .rhd file: what an Intan RHD2000 system recorded, and how. (Format: Intan's application note "RHD2000 data
/// file formats" and its published reader; versions 1.0 to 3 of the files.)
/// </summary>
public sealed class IntanHeader
{
    private const uint Magic = 0xC6912702, StimulatorMagic = 0xD69127AC, NullString = 0xFFFFFFFF;

    private readonly string _path;
    private readonly BinaryReader _reader;
    private readonly List<IntanChannel> _channels = [];

    private IntanHeader(string path, FileStream file)
    {
        (_path, _reader) = (path, new(file));
        var magic = _reader.ReadUInt32();
        if (magic == StimulatorMagic)
            throw ClosedLoopException.Usage($"'{path}' is of a stimulator/recorder of Intan (RHS), and recordings of the RHD2000 systems are read");
        if (magic != Magic)
            throw ClosedLoopException.Usage($"'{path}' is no recording of Intan's RHD2000 systems: it begins with {magic:X8}, and they begin with {Magic:X8}");
        Version = new(Whole("its version", 0, 99), Whole("its minor version", 0, 99));
        if (Version.Major is < 1 or > 3)
            throw ClosedLoopException.Failed($"'{path}' is of version {Version} of Intan's files, and versions 1 to 3 are read");
        RateHz = _reader.ReadSingle();
        if (!(RateHz > 0) || !double.IsFinite(RateHz))
            throw Broken($"has a rate of {RateHz} Hz");
        // Filters and impedance test: settings at recording, which change nothing about how samples are read.
        Skip(2 + (6 * 4) + 2 + (2 * 4));
        Notes = [Text(), Text(), Text()];
        TemperatureSensors = Version >= new Version(1, 1) ? Whole("the number of temperature sensors", 0, 64) : 0;
        BoardMode = Version >= new Version(1, 3) ? Whole("the board's mode", 0, 255) : 0;
        ReferenceChannel = Version >= new Version(2, 0) ? Text() : "";
        for (var group = Whole("the number of ports", 0, 256); group > 0; group--)
            ReadGroup();
        DataStart = file.Position;
    }

    /// <summary>Version of the file's format.</summary>
    public Version Version { get; }

    /// <summary>Samples per second of an electrode.</summary>
    public double RateHz { get; }

    /// <summary>The three notes that the user can leave.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Number of temperature sensors whose readings are in the data.</summary>
    public int TemperatureSensors { get; }

    /// <summary>What board it was, which the scale of analog inputs depends on: 13 a recording controller, 1 and 0 evaluation boards.</summary>
    public int BoardMode { get; }

    /// <summary>The channel that was subtracted from all others by the software; empty where there was none.</summary>
    public string ReferenceChannel { get; }

    /// <summary>The channels that were recorded, in the data's order.</summary>
    public IReadOnlyList<IntanChannel> Channels => _channels;

    /// <summary>Bytes before the data.</summary>
    public long DataStart { get; }

    /// <summary>Samples of a block of data.</summary>
    public int BlockSamples => Version.Major > 1 ? 128 : 60;

    /// <summary>The channels of a kind, in the data's order.</summary>
    public IReadOnlyList<IntanChannel> Of(IntanSignal signal) => [.. _channels.Where(channel => channel.Signal == signal)];

    /// <summary>Whether another file's data are laid out alike, and of the same channels at the same rate.</summary>
    public bool AgreesWith(IntanHeader other) =>
        (Version, RateHz, TemperatureSensors) == (other.Version, other.RateHz, other.TemperatureSensors) && _channels.SequenceEqual(other._channels);

    /// <summary>Volts of a raw number of a signal that is no electrode and no digital line: what a count is, and which number is 0 V (Intan's RHD2000 application note and reader).</summary>
    internal (double VoltsPerCount, int Zero) ScaleOf(IntanSignal signal) => signal switch
    {
        IntanSignal.Auxiliary => (37.4e-6, 0),
        IntanSignal.Supply => (74.8e-6, 0),
        IntanSignal.AnalogInput => BoardMode switch
        {
            0 => (50.354e-6, 0),
            1 => (152.59e-6, 32768),
            13 => (312.5e-6, 32768),
            _ => throw ClosedLoopException.Failed($"'{_path}' is of a board of mode {BoardMode}, whose analog inputs have a scale that is not known; known are 0, 1 and 13"),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "no analog signal beside the electrodes"),
    };

    /// <summary>Reads the head of a file.</summary>
    /// <exception cref="ClosedLoopException">It cannot be read, is no such file, or is truncated.</exception>
    public static IntanHeader Read(string path)
    {
        try
        {
            using var file = SampleFileStream.Open(path, 1 << 14);
            return new(path, file);
        }
        catch (EndOfStreamException error)
        {
            throw ClosedLoopException.Failed($"'{path}' ends within its head: it was cut off, copy it again", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"'{path}' cannot be read: {error.Message}", error);
        }
    }

    private void ReadGroup()
    {
        // Name and prefix of the port; those of a port that is off have no channels.
        Text();
        Text();
        var enabled = _reader.ReadInt16() != 0;
        var count = Whole("the number of channels of a port", 0, 4096);
        Skip(2);
        if (!enabled)
            return;
        for (var i = 0; i < count; i++)
        {
            var (native, custom, order) = (Text(), Text(), (int)_reader.ReadInt16());
            Skip(2);
            var signal = (IntanSignal)Whole($"the kind of channel '{native}'", 0, 5);
            var recorded = _reader.ReadInt16() != 0;
            // Chip channel, stream, four settings of the spike scope, impedance.
            Skip((6 * 2) + (2 * 4));
            if (!recorded)
                continue;
            if (signal is IntanSignal.DigitalInput or IntanSignal.DigitalOutput && order is < 0 or > 15)
                throw Broken($"has the digital line '{native}' at bit {order} of 16");
            _channels.Add(new(native, custom, signal, order));
        }
    }

    private int Whole(string what, int least, int most) => _reader.ReadInt16() is var number && number >= least && number <= most
        ? number
        : throw Broken($"gives {what} as {number}");

    /// <summary>A text of Qt: its length in bytes, then UTF-16.</summary>
    private string Text()
    {
        var bytes = _reader.ReadUInt32();
        if (bytes is NullString or 0)
            return "";
        if (bytes % 2 != 0 || bytes > 1 << 20)
            throw Broken($"has a text of {bytes} bytes");
        return _reader.ReadBytes((int)bytes) is var text && text.Length == bytes ? Encoding.Unicode.GetString(text) : throw new EndOfStreamException();
    }

    private void Skip(int bytes)
    {
        for (; bytes > 0; bytes--)
            _reader.ReadByte();
    }

    private ClosedLoopException Broken(string says) => ClosedLoopException.Failed($"'{_path}' {says} (byte {_reader.BaseStream.Position}), which cannot be: it is damaged, copy it again");
}
