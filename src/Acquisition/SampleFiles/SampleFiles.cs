using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>Opens recordings of electrodes by what a path leads to.</summary>
public static class SampleFiles
{
    private const string RawName = "raw.yaml";

    private const string Taken = "taken are a recording of Open Ephys in binary format (its folder), of Intan (.rhd, or the folder of info.rhd), of SpikeGLX (.bin or .meta), "
        + "or any file of int16 samples with a raw.yaml that says its file, channels, rate_hz, microvolts_per_count and tetrodes";

    /// <summary>Opens the recording at a path.</summary>
    /// <param name="path">A file or a folder.</param>
    /// <param name="blockCapacity">Most samples of a block.</param>
    /// <param name="speed">1 plays at real time; null: as fast as blocks are asked for.</param>
    /// <param name="clock">The session's clock; needed with a speed.</param>
    /// <param name="stream">Which stream of an Open Ephys recording; needed where it has several.</param>
    /// <exception cref="ClosedLoopException">There is nothing, nothing that is taken, more than one recording, or a broken one.</exception>
    public static SampleFile Open(string path, int blockCapacity = 128, double? speed = null, SessionClock? clock = null, string? stream = null)
    {
        if (!Path.Exists(path))
            throw ClosedLoopException.Usage($"there is no file or folder '{path}'");
        var raw = Directory.Exists(path) ? Path.Combine(path, RawName) : path;
        if (HasEnding(raw, ".yaml", ".yml") && File.Exists(raw))
        {
            var recording = RawRecording.Open(raw);
            return new(recording.Samples(blockCapacity, speed, clock), recording.Tetrodes, null);
        }
        if (IntanRecording.IsAt(path))
        {
            var recording = IntanRecording.Open(path);
            return new(recording.Samples(blockCapacity, speed, clock), null, () => recording.Edges());
        }
        if (SpikeGlxRecording.IsAt(path))
        {
            var recording = SpikeGlxRecording.Open(path);
            return new(recording.Samples(blockCapacity, speed, clock), null, recording.Edges);
        }
        if (OpenEphysRecording.IsAt(path))
        {
            var recording = OpenEphysRecording.Open(path);
            var chosen = recording.Stream(stream);
            var lines = recording.Events.FirstOrDefault(channel => !channel.IsText && channel.Stream == chosen.Name);
            return new(new OpenEphysSampleSource(chosen, blockCapacity, speed, clock), null, lines is null ? null : lines.Edges);
        }
        throw ClosedLoopException.Usage($"'{path}' {Known(path)}; {Taken}");
    }

    /// <summary>What a path is that is not taken, as far as its name tells.</summary>
    private static string Known(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        _ when Directory.Exists(path) => "is a folder without a recording that is read",
        ".rhs" => "is of a stimulator/recorder of Intan (RHS), which is not read",
        ".continuous" or ".openephys" => "is of Open Ephys's older format, which is not read: record in binary format",
        ".bin" => "is SpikeGLX's only with its .meta file beside it, which is not there",
        ".dat" => "is samples alone, and does not say of how many channels, at what rate and scale",
        ".cbin" => "is compressed; decompress it with mtscomp",
        ".set" or ".pos" or ".eeg" or ".egf" => "is of Axona, whose tetrode files hold spikes and no samples between them",
        var ending when int.TryParse(ending.TrimStart('.'), out _) => "is named as spikes of Axona are, which hold no samples between them",
        _ => "is no recording that is read",
    };

    private static bool HasEnding(string path, params ReadOnlySpan<string> endings)
    {
        foreach (var ending in endings)
            if (path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
