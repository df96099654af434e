using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// A bare file of int16 samples and the YAML file that describes it (raw.yaml). Keys: <c>file</c> (beside the YAML file,
/// or a full path), <c>channels</c>, <c>rate_hz</c>, <c>microvolts_per_count</c>, <c>tetrodes</c> (a list of lists of
/// channels, counted from 0) and, where wanted, <c>names</c> of the channels and <c>first_sample</c>, the device's number
/// of the first (0).
/// </summary>
public sealed record RawRecording
{
    private RawRecording()
    {
    }

    /// <summary>The YAML file.</summary>
    public required string YamlPath { get; init; }

    /// <summary>The samples: little-endian, all channels of the first sample, then of the second.</summary>
    public required string DataPath { get; init; }

    /// <summary>Its channels, in the file's order; all of them in microvolts.</summary>
    public required IReadOnlyList<SampleChannel> Channels { get; init; }

    /// <summary>Samples per second and channel.</summary>
    public required double RateHz { get; init; }

    /// <summary>The channels of each tetrode; none of them belongs to two.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Tetrodes { get; init; }

    /// <summary>The device's number of the first sample.</summary>
    public required long FirstSample { get; init; }

    /// <summary>Reads the YAML file.</summary>
    /// <exception cref="ClosedLoopException">It cannot be read, or says something that cannot be; exit code 2 for the latter.</exception>
    public static RawRecording Open(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"'{path}' cannot be read: {error.Message}", error);
        }
        var root = YamlSection.Parse(text, path, "a description of raw samples");
        root.Allow("file", "channels", "rate_hz", "microvolts_per_count", "tetrodes", "names", "first_sample");
        var count = root.Integer("channels", 1, 65536);
        var scale = Above0("microvolts_per_count");
        var names = root.Has("names") ? root.Texts("names") : [.. Enumerable.Range(0, count).Select(channel => $"CH{channel}")];
        if (names.Length != count || names.Distinct().Count() != count || names.Contains(""))
            throw root.Wrong("names", $"must be {count} names, one of each channel and each another");
        var first = root.Has("first_sample") ? root.Number("first_sample", 0, 1L << 53) : 0;
        if (first != Math.Floor(first))
            throw root.Wrong("first_sample", "must be a whole number");
        var tetrodes = root.IntegerLists("tetrodes", 0, count - 1);
        if (tetrodes.SelectMany(channels => channels).GroupBy(channel => channel).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw root.Wrong("tetrodes", $"must name each channel once, and channel {twice.Key} is in it {twice.Count()} times");
        var file = root.Text("file");
        return new()
        {
            YamlPath = path,
            DataPath = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, file),
            Channels = [.. names.Select(name => new SampleChannel(name, scale, "uV"))],
            RateHz = Above0("rate_hz"),
            Tetrodes = tetrodes,
            FirstSample = (long)first,
        };

        double Above0(string key) => root.Finite(key) is var number and > 0 ? number : throw root.Wrong(key, "must lie above 0");
    }

    /// <summary>Opens the samples.</summary>
    /// <param name="blockCapacity">Most samples of a block.</param>
    /// <param name="speed">1 plays at real time; null: as fast as blocks are asked for.</param>
    /// <param name="clock">The session's clock; needed with a speed.</param>
    /// <exception cref="ClosedLoopException">They are missing, there are none, or the file ends within one.</exception>
    public InterleavedSampleSource Samples(int blockCapacity = 128, double? speed = null, SessionClock? clock = null) =>
        new(DataPath, YamlPath, $"raw samples of {Path.GetFileName(DataPath)}", Channels, RateHz, FirstSample, blockCapacity, speed, clock);
}
