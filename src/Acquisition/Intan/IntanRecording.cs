using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// A recording of an Intan RHD2000 system (recording controller, evaluation board, RHX), in any of the three formats that
/// its software offers. Its electrodes are samples, its digital lines edges; auxiliary inputs (the headstage's accelerometer),
/// supply voltages and analog inputs are traces in volts.
/// </summary>
public sealed class IntanRecording
{
    private const string InfoName = "info.rhd", TimeName = "time.dat", AmplifierName = "amplifier.dat", DigitalInputName = "digitalin.dat", DigitalOutputName = "digitalout.dat";

    /// <summary>Microvolts of a count of the amplifiers (RHD2000 data sheet).</summary>
    private const double MicrovoltsPerCount = 0.195;

    private readonly string _folder;
    private readonly (string Path, IntanHeader Header)[] _files;

    private IntanRecording(params string[] paths)
    {
        _files = [.. paths.Select(path => (path, IntanHeader.Read(path)))];
        _folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        foreach (var (path, header) in _files)
            if (!header.AgreesWith(Header))
                throw ClosedLoopException.Usage($"'{path}' has another rate or other channels than '{Path}' in the same folder: they are not of one recording; name one of them");
        Channels = [.. Header.Of(IntanSignal.Amplifier).Select(channel => new SampleChannel(channel.NativeName, MicrovoltsPerCount, "uV"))];
        if (Channels.Count == 0)
            throw ClosedLoopException.Failed($"'{Path}' recorded no electrodes; enable amplifier channels before recording");
        var firstChannel = ChannelName(Header.Of(IntanSignal.Amplifier)[0]);
        Format = _files.Any(file => new FileInfo(file.Path).Length > file.Header.DataStart) ? IntanFormat.OneFile
            : File.Exists(In(AmplifierName)) ? IntanFormat.FilePerSignal
            : File.Exists(In(firstChannel)) ? IntanFormat.FilePerChannel
            : throw ClosedLoopException.Failed($"'{Path}' is a head without samples, and neither {AmplifierName} nor {firstChannel} is beside it; copy the whole folder");
    }

    /// <summary>The .rhd file, the first where a recording was cut into several.</summary>
    public string Path => _files[0].Path;

    /// <summary>What it says of the recording.</summary>
    public IntanHeader Header => _files[0].Header;

    /// <summary>How the samples lie.</summary>
    public IntanFormat Format { get; }

    /// <summary>The electrodes, by their native names.</summary>
    public IReadOnlyList<SampleChannel> Channels { get; }

    /// <summary>Whether a path is, or leads to, such a recording.</summary>
    public static bool IsAt(string path) => Directory.Exists(path) ? Find(path).Any() : HasEnding(path);

    /// <summary>Opens a recording.</summary>
    /// <param name="path">An .rhd file, or a folder: with info.rhd, or with .rhd files that are read in order of their names, which end with date and time.</param>
    /// <exception cref="ClosedLoopException">There is none, it is of another kind, not whole, or the files of a folder are not of one recording.</exception>
    public static IntanRecording Open(string path)
    {
        if (!Directory.Exists(path))
            return new(path);
        string[] found = [.. Find(path).Order(StringComparer.Ordinal)];
        return found.Length > 0 ? new(found) : throw ClosedLoopException.Usage($"the folder '{path}' holds no recording of Intan (there is no .rhd file in it); name one that does");
    }

    /// <summary>Opens the samples of the electrodes.</summary>
    /// <param name="blockCapacity">Most samples of a block.</param>
    /// <param name="speed">1 plays at real time; null: as fast as blocks are asked for.</param>
    /// <param name="clock">The session's clock; needed with a speed.</param>
    /// <exception cref="ClosedLoopException">A file is missing, truncated, or does not fit the others.</exception>
    public FileSampleSource Samples(int blockCapacity = 128, double? speed = null, SessionClock? clock = null) => Format == IntanFormat.OneFile
        ? new IntanBlockSource(System.IO.Path.GetFileName(_files.Length > 1 ? _folder : Path), new(_files), Channels, Header.RateHz, blockCapacity, speed, clock)
        : new IntanFolderSource(_folder, OpenFiles(blockCapacity), Channels, Header.RateHz, blockCapacity, speed, clock);

    /// <summary>
    /// Reads the edges of the digital inputs or outputs, in order of time. Lines are numbered by their bit in the digital word,
    /// from 0. The files are gone through once; only the edges are kept.
    /// </summary>
    /// <param name="signal">Inputs or outputs.</param>
    /// <exception cref="ClosedLoopException">A file is missing, truncated, or does not fit the others.</exception>
    public IReadOnlyList<DigitalEdge> Edges(IntanSignal signal = IntanSignal.DigitalInput)
    {
        if (signal is not (IntanSignal.DigitalInput or IntanSignal.DigitalOutput))
            throw new ArgumentOutOfRangeException(nameof(signal), signal, "only digital lines have edges");
        var lines = Header.Of(signal);
        var mask = (ushort)lines.Aggregate(0, (bits, line) => bits | (1 << line.NativeOrder));
        if (mask == 0)
            return [];
        if (Format == IntanFormat.OneFile)
            return EdgesOfBlocks(signal, mask);
        if (Format == IntanFormat.FilePerSignal)
            return EdgesOfFile(In(signal == IntanSignal.DigitalInput ? DigitalInputName : DigitalOutputName), new(mask));
        return [.. lines.SelectMany(line => EdgesOfFile(In(ChannelName(line)), new(1, line.NativeOrder))).OrderBy(edge => edge.Sample)];
    }

    /// <summary>Reads all channels of an analog signal beside the electrodes: auxiliary inputs, supply voltages or analog inputs.</summary>
    /// <param name="signal">Which.</param>
    /// <param name="every">Every so many of the numbers in the file: 1 for all. An hour of eight analog inputs at 30 kHz is 3.5 GB.</param>
    /// <returns>Null: none were recorded.</returns>
    /// <exception cref="ClosedLoopException">A file is missing, truncated, or does not fit the others.</exception>
    public IntanTraces? Traces(IntanSignal signal, int every = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        var scale = Header.ScaleOf(signal);
        var channels = Header.Of(signal);
        if (channels.Count == 0)
            return null;
        var traces = new IntanTraceCollector(channels, scale, every);
        if (Format == IntanFormat.OneFile)
            return traces.Traces(Header.RateHz / TracesOfBlocks(signal, traces));
        TracesOfFiles(signal, traces);
        return traces.Traces(Header.RateHz);
    }

    private static IEnumerable<string> Find(string folder) => File.Exists(System.IO.Path.Combine(folder, InfoName))
        ? [System.IO.Path.Combine(folder, InfoName)]
        : Directory.EnumerateFiles(folder).Where(HasEnding);

    private static bool HasEnding(string path) => path.EndsWith(".rhd", StringComparison.OrdinalIgnoreCase);

    private static string ChannelName(IntanChannel channel) => $"{channel.Signal switch { IntanSignal.Amplifier => "amp", IntanSignal.Auxiliary => "aux", IntanSignal.Supply => "vdd", _ => "board" }}-{channel.NativeName}.dat";

    private string In(string name) => System.IO.Path.Combine(_folder, name);

    private List<DigitalEdge> EdgesOfBlocks(IntanSignal signal, ushort mask)
    {
        using var reader = new IntanBlockReader(_files);
        var finder = new EdgeFinder(mask);
        while (reader.Next())
            for (var i = 0; i < reader.Samples; i++)
                finder.Take(reader.Number(i), signal == IntanSignal.DigitalInput ? reader.DigitalInputs(i) : reader.DigitalOutputs(i));
        return finder.Edges;
    }

    private List<DigitalEdge> EdgesOfFile(string path, EdgeFinder finder)
    {
        const int AtOnce = 4096;
        var (data, numbers) = Together(() => new InterleavedFile(path, 1, InfoName), AtOnce);
        using (data)
        using (numbers)
        {
            var words = new short[AtOnce];
            for (long position = 0; position < data.SampleCount;)
            {
                var first = numbers.Peek((int)Math.Min(AtOnce, data.SampleCount - position), out var count);
                data.Read(words.AsSpan(0, count), position);
                for (var i = 0; i < count; i++)
                    finder.Take(first + i, (ushort)words[i]);
                numbers.Advance(count);
                position += count;
            }
        }
        return finder.Edges;
    }

    /// <summary>Gives the samples of the electrodes for each value.</summary>
    private int TracesOfBlocks(IntanSignal signal, IntanTraceCollector traces)
    {
        using var reader = new IntanBlockReader(_files);
        var every = reader.Every(signal);
        var row = new ushort[traces.Channels];
        while (reader.Next())
            for (var i = 0; i * every < reader.Samples; i++)
            {
                for (var channel = 0; channel < row.Length; channel++)
                    row[channel] = reader.Numbers(signal, channel)[i];
                traces.Take(reader.Number(i * every), row);
            }
        return every;
    }

    /// <summary>NB: in files beside info.rhd there is a number for each sample of the electrodes, slower signals' repeated.</summary>
    private void TracesOfFiles(IntanSignal signal, IntanTraceCollector traces)
    {
        const int AtOnce = 1024;
        var name = signal switch { IntanSignal.Auxiliary => "auxiliary.dat", IntanSignal.Supply => "supply.dat", _ => "analogin.dat" };
        var (data, numbers) = Together(
            () => Format == IntanFormat.FilePerSignal
                ? new InterleavedFile(In(name), traces.Channels, InfoName)
                : new ChannelFiles([.. Header.Of(signal).Select(channel => In(ChannelName(channel)))], AtOnce),
            AtOnce);
        using (data)
        using (numbers)
        {
            var values = new short[AtOnce * traces.Channels];
            for (long position = 0; position < data.SampleCount;)
            {
                var first = numbers.Peek((int)Math.Min(AtOnce, data.SampleCount - position), out var count);
                data.Read(values.AsSpan(0, count * traces.Channels), position);
                var rows = MemoryMarshal.Cast<short, ushort>(values.AsSpan());
                for (var i = 0; i < count; i++)
                    traces.Take(first + i, rows.Slice(i * traces.Channels, traces.Channels));
                numbers.Advance(count);
                position += count;
            }
        }
    }

    private (ISampleData, SampleNumberFile) OpenFiles(int blockCapacity) => Together(
        () => Format == IntanFormat.FilePerSignal
            ? new InterleavedFile(In(AmplifierName), Channels.Count, InfoName)
            : new ChannelFiles([.. Header.Of(IntanSignal.Amplifier).Select(channel => In(ChannelName(channel)))], blockCapacity),
        blockCapacity);

    /// <summary>Opens data and the numbers of its samples, and checks that there are as many.</summary>
    private (ISampleData Data, SampleNumberFile Numbers) Together(Func<ISampleData> open, int atOnce)
    {
        ISampleData? data = null;
        FileStream? numbers = null;
        try
        {
            data = open();
            numbers = SampleFileStream.Open(In(TimeName));
            if (numbers.Length != 4 * data.SampleCount)
                throw ClosedLoopException.Failed($"'{numbers.Name}' has {numbers.Length} bytes for the numbers of {data.SampleCount} samples (4 bytes each): it, or what lies beside it, was cut off; copy the recording again");
            if (data.SampleCount == 0)
                throw ClosedLoopException.Failed($"the recording in '{_folder}' holds no samples");
            return (data, new(numbers, 4, data.SampleCount, atOnce));
        }
        catch (Exception error)
        {
            data?.Dispose();
            numbers?.Dispose();
            if (error is IOException or UnauthorizedAccessException)
                throw ClosedLoopException.Failed($"the recording in '{_folder}' cannot be read: {error.Message}", error);
            throw;
        }
    }
}
