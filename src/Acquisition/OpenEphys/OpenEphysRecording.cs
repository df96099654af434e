using System.Text.Json;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// A recording of the Open Ephys GUI in its binary format: what structure.oebin says of its streams and events.
/// (Format: the GUI's documentation, "Binary format"; written by versions 0.4.4 and later.)
/// </summary>
public sealed class OpenEphysRecording
{
    private const string Structure = "structure.oebin";

    private OpenEphysRecording(string folder, string version, IReadOnlyList<OpenEphysStream> streams, IReadOnlyList<OpenEphysEventChannel> events) =>
        (Folder, GuiVersion, Streams, Events) = (folder, version, streams, events);

    /// <summary>The folder that holds structure.oebin.</summary>
    public string Folder { get; }

    /// <summary>Version of the GUI that wrote it.</summary>
    public string GuiVersion { get; }

    /// <summary>Its continuous streams.</summary>
    public IReadOnlyList<OpenEphysStream> Streams { get; }

    /// <summary>Its event channels: digital lines and messages.</summary>
    public IReadOnlyList<OpenEphysEventChannel> Events { get; }

    /// <summary>Whether a path is, or leads to, such a recording.</summary>
    public static bool IsAt(string path) => Path.GetFileName(path) == Structure || (Directory.Exists(path) && Find(path).Any());

    /// <summary>Opens the recording at a path: structure.oebin, its folder, or a folder above with one recording in it.</summary>
    /// <exception cref="ClosedLoopException">There is none or more than one, or structure.oebin is not as it should be.</exception>
    public static OpenEphysRecording Open(string path)
    {
        var file = path;
        if (Directory.Exists(path))
        {
            string[] found = [.. Find(path).Order(StringComparer.Ordinal)];
            file = found.Length switch
            {
                1 => found[0],
                0 => throw ClosedLoopException.Usage($"the folder '{path}' holds no recording of Open Ephys in binary format (there is no {Structure} in it); name one that does"),
                _ => throw ClosedLoopException.Usage($"the folder '{path}' holds {found.Length} recordings of Open Ephys; name one: {string.Join(", ", found.Take(4).Select(each => Path.GetRelativePath(path, Path.GetDirectoryName(each)!)))}{(found.Length > 4 ? ", ..." : "")}"),
            };
        }
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return Read(Path.GetDirectoryName(Path.GetFullPath(file))!, document.RootElement);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"'{file}' cannot be read: {error.Message}", error);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw ClosedLoopException.Failed($"'{file}' does not say what Open Ephys writes into it: {error.Message}; it may have been cut off, copy it again", error);
        }
    }

    /// <summary>The stream of a name, or the only one.</summary>
    /// <exception cref="ClosedLoopException">There is none of that name, or more than one and none was named.</exception>
    public OpenEphysStream Stream(string? name = null)
    {
        var named = name is null ? Streams : [.. Streams.Where(stream => stream.Name == name)];
        if (named.Count == 1)
            return named[0];
        var all = string.Join(", ", Streams.Select(stream => $"'{stream.Name}'"));
        throw ClosedLoopException.Usage(name is null ? $"'{Folder}' has the streams {all}; name one" : $"'{Folder}' has no stream '{name}'; it has {all}");
    }

    /// <summary>The path of a file, or of what versions of the GUI before 0.6 had in its place where that alone is there.</summary>
    internal static string Either(string folder, string now, string before)
    {
        var path = Path.Combine(folder, now);
        return File.Exists(path) || !File.Exists(Path.Combine(folder, before)) ? path : Path.Combine(folder, before);
    }

    private static IEnumerable<string> Find(string folder) => Directory.EnumerateFiles(folder, Structure, SearchOption.AllDirectories);

    private static OpenEphysRecording Read(string folder, JsonElement root)
    {
        List<OpenEphysStream> streams = [];
        foreach (var stream in root.GetProperty("continuous").EnumerateArray())
        {
            List<SampleChannel> channels = [];
            foreach (var channel in stream.GetProperty("channels").EnumerateArray())
            {
                var scale = channel.GetProperty("bit_volts").GetDouble();
                var name = channel.GetProperty("channel_name").GetString() ?? "";
                if (!(scale > 0) || !double.IsFinite(scale))
                    throw new FormatException($"channel '{name}' has a bit_volts of {scale}");
                // NB: versions before 0.6 left the unit empty: then electrodes are told by their scale, which is microvolts below 1.
                var unit = channel.TryGetProperty("units", out var units) && units.GetString() is { Length: > 0 } said ? said : scale < 1 ? "uV" : "";
                channels.Add(new(name, scale, unit));
            }
            var folderName = stream.GetProperty("folder_name").GetString() ?? "";
            if (stream.GetProperty("num_channels").GetInt32() != channels.Count)
                throw new FormatException($"the stream '{folderName}' has num_channels {stream.GetProperty("num_channels")} and names {channels.Count} channels");
            var rateHz = stream.GetProperty("sample_rate").GetDouble();
            if (!(rateHz > 0) || channels.Count == 0)
                throw new FormatException($"the stream '{folderName}' has {channels.Count} channels at {rateHz} Hz");
            var streamName = stream.TryGetProperty("stream_name", out var given) ? given.GetString() : null;
            streams.Add(new(streamName ?? folderName.TrimEnd('/'), Path.Combine(folder, "continuous", folderName.TrimEnd('/')), rateHz, channels));
        }
        List<OpenEphysEventChannel> events = [];
        if (root.TryGetProperty("events", out var listed))
            foreach (var each in listed.EnumerateArray())
            {
                var folderName = each.GetProperty("folder_name").GetString() ?? "";
                events.Add(new(
                    each.GetProperty("channel_name").GetString() ?? "", Path.Combine(folder, "events", folderName.TrimEnd('/')), each.GetProperty("sample_rate").GetDouble(),
                    each.GetProperty("type").GetString() == "string", each.TryGetProperty("stream_name", out var name) ? name.GetString() ?? "" : ""));
            }
        return new(folder, root.TryGetProperty("GUI version", out var version) ? version.GetString() ?? "" : "", streams, events);
    }
}
