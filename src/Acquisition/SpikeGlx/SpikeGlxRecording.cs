using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// A binary file of SpikeGLX and its .meta: an imec probe (one band, .ap.bin or .lf.bin) or NI-DAQ inputs (.nidq.bin).
/// Electrodes are in microvolts, auxiliary analog inputs in volts; digital words are what they are. (Format: SpikeGLX's
/// guides to its metadata.)
/// </summary>
public sealed class SpikeGlxRecording
{
    private readonly int[] _words;

    private SpikeGlxRecording(string metaPath)
    {
        var meta = SpikeGlxMeta.Read(metaPath);
        MetaPath = metaPath;
        DataPath = Path.ChangeExtension(metaPath, "bin");
        var kind = meta.Text("typeThis");
        (RateHz, Channels) = kind switch
        {
            "imec" => (meta.Above0("imSampRate"), Imec(meta)),
            "nidq" => (meta.Above0("niSampRate"), Nidq(meta)),
            _ => throw meta.Wrong("typeThis", "'imec' or 'nidq'"),
        };
        _words = [.. Enumerable.Range(0, Channels.Count).Where(channel => Channels[channel].Unit == "")];
        SyncChannel = kind == "imec" && _words.Length > 0 ? _words[^1] : null;
        FirstSample = meta.Has("firstSample") ? meta.Whole("firstSample") : 0;
        if (Channels.Count == 0)
            throw meta.Wrong("nSavedChans", "at least one channel");
        if (meta.Whole("nSavedChans") != Channels.Count)
            throw meta.Wrong("nSavedChans", $"{Channels.Count}, as the counts of its kinds of channels say,");
        var length = new FileInfo(DataPath) is { Exists: true } file
            ? file.Length
            : throw ClosedLoopException.Failed($"'{metaPath}' describes {Path.GetFileName(DataPath)}, which is not beside it");
        if (length != meta.Whole("fileSizeBytes"))
            throw ClosedLoopException.Failed($"'{DataPath}' has {length} bytes, and {Path.GetFileName(metaPath)} says {meta.Text("fileSizeBytes")}: one of them was cut off, or they are not of one recording; copy both again");
    }

    /// <summary>The .meta file.</summary>
    public string MetaPath { get; }

    /// <summary>The samples: int16, all channels of the first sample, then of the second.</summary>
    public string DataPath { get; }

    /// <summary>Samples per second and channel.</summary>
    public double RateHz { get; }

    /// <summary>The channels that were saved, in the file's order.</summary>
    public IReadOnlyList<SampleChannel> Channels { get; }

    /// <summary>The channel of an imec file whose words have the sync pulse in bit 6; null where it was not saved.</summary>
    public int? SyncChannel { get; }

    /// <summary>The device's number of the first sample.</summary>
    public long FirstSample { get; }

    /// <summary>Whether a path is, or leads to, such a recording.</summary>
    public static bool IsAt(string path) => Directory.Exists(path) ? Find(path).Any() : HasEnding(path, ".meta") || (HasEnding(path, ".bin") && File.Exists(Path.ChangeExtension(path, "meta")));

    /// <summary>Opens a recording.</summary>
    /// <param name="path">The .bin or the .meta file, or a folder with one such pair in it.</param>
    /// <exception cref="ClosedLoopException">There is none or more than one, or the files disagree.</exception>
    public static SpikeGlxRecording Open(string path)
    {
        if (!Directory.Exists(path))
            return new(Path.ChangeExtension(path, "meta"));
        string[] found = [.. Find(path).Order(StringComparer.Ordinal)];
        return found.Length switch
        {
            1 => new(found[0]),
            0 => throw ClosedLoopException.Usage($"the folder '{path}' holds no recording of SpikeGLX (there is no .meta file in it); name one that does"),
            _ => throw ClosedLoopException.Usage($"the folder '{path}' holds {found.Length} recordings of SpikeGLX; name one: {string.Join(", ", found.Take(4).Select(Path.GetFileName))}{(found.Length > 4 ? ", ..." : "")}"),
        };
    }

    /// <summary>Opens the samples.</summary>
    /// <param name="blockCapacity">Most samples of a block.</param>
    /// <param name="speed">1 plays at real time; null: as fast as blocks are asked for.</param>
    /// <param name="clock">The session's clock; needed with a speed.</param>
    /// <exception cref="ClosedLoopException">They are missing, there are none, or the file ends within one.</exception>
    public InterleavedSampleSource Samples(int blockCapacity = 128, double? speed = null, SessionClock? clock = null) =>
        new(DataPath, MetaPath, $"SpikeGLX recording {Path.GetFileName(DataPath)}", Channels, RateHz, FirstSample, blockCapacity, speed, clock);

    /// <summary>
    /// Reads the edges of the lines in the digital words, in order of time; of an imec probe line 6 is the sync pulse. Lines
    /// are numbered by their bit, 16 for each word. The file is gone through once; only the edges are kept.
    /// </summary>
    /// <exception cref="ClosedLoopException">The file became shorter, or cannot be read.</exception>
    public IReadOnlyList<DigitalEdge> Edges()
    {
        if (_words.Length == 0)
            return [];
        EdgeFinder[] finders = [.. _words.Select((_, word) => new EdgeFinder(ushort.MaxValue, 16 * word))];
        using var source = Samples(4096);
        var block = new SampleBlock(Channels.Count, source.BlockCapacity);
        while (source.TryRead(block, default))
            for (var i = 0; i < block.SampleCount; i++)
                for (var word = 0; word < finders.Length; word++)
                    finders[word].Take(block.Stamp.DeviceCounter + i, (ushort)block.Samples[(i * Channels.Count) + _words[word]]);
        return [.. finders.SelectMany(finder => finder.Edges).OrderBy(edge => edge.Sample)];
    }

    private static IEnumerable<string> Find(string folder) => Directory.EnumerateFiles(folder).Where(path => HasEnding(path, ".meta"));

    private static bool HasEnding(string path, string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    /// <summary>Action potentials, then local fields, then the sync word. V = count x imAiRangeMax / imMaxInt / gain.</summary>
    private static SampleChannel[] Imec(SpikeGlxMeta meta)
    {
        var saved = meta.Counts("snsApLfSy", 3);
        // Numbers of saved channels are those of acquired ones: first all action potentials, then all local fields.
        var acquired = meta.Has("acqApLfSy") ? meta.Counts("acqApLfSy", 3) : saved;
        int[] starts = [0, acquired[0], acquired[0] + acquired[1]];
        var numbers = meta.Channels("snsSaveChanSubset") ?? [.. saved.SelectMany((count, kind) => Enumerable.Range(starts[kind], count))];
        var kinds = numbers.Select(number => number < starts[1] ? 0 : number < starts[2] ? 1 : 2).ToArray();
        if (!saved.SequenceEqual(Enumerable.Range(0, 3).Select(kind => kinds.Count(each => each == kind))))
            throw meta.Wrong("snsApLfSy", $"{string.Join(',', Enumerable.Range(0, 3).Select(kind => kinds.Count(each => each == kind)))}, as snsSaveChanSubset and acqApLfSy say,");
        var microvolts = meta.Above0("imAiRangeMax") * 1e6 / (meta.Has("imMaxInt") ? meta.Above0("imMaxInt") : 512);
        return [.. numbers.Select((number, at) => kinds[at] switch
        {
            0 => new SampleChannel($"AP{number}", microvolts / SpikeGlxGains.Of(meta, number, 0), "uV"),
            1 => new SampleChannel($"LF{number - starts[1]}", microvolts / SpikeGlxGains.Of(meta, number - starts[1], 1), "uV"),
            _ => new SampleChannel($"SY{number - starts[2]}", 1, ""),
        })];
    }

    /// <summary>Multiplexed neural inputs, multiplexed auxiliary ones, plain analog inputs, digital words. V = count x niAiRangeMax / 32768 / gain.</summary>
    private static SampleChannel[] Nidq(SpikeGlxMeta meta)
    {
        var counts = meta.Counts("snsMnMaXaDw", 4);
        var volts = counts[..3].Sum() == 0 ? 0 : meta.Above0("niAiRangeMax") / (meta.Has("niMaxInt") ? meta.Above0("niMaxInt") : 32768);
        return
        [
            .. Kind("MN", 0, () => volts * 1e6 / meta.Above0("niMNGain"), "uV"), .. Kind("MA", 1, () => volts / meta.Above0("niMAGain"), "V"),
            .. Kind("XA", 2, () => volts, "V"), .. Kind("XD", 3, () => 1, ""),
        ];

        IEnumerable<SampleChannel> Kind(string name, int kind, Func<double> scale, string unit) =>
            Enumerable.Range(0, counts[kind]).Select(i => new SampleChannel($"{name}{i}", scale(), unit));
    }
}
