using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>The 'key=value' lines of a .meta file of SpikeGLX.</summary>
internal sealed class SpikeGlxMeta
{
    private readonly Dictionary<string, string> _values = [];

    private SpikeGlxMeta(string path, string[] lines)
    {
        Path = path;
        foreach (var line in lines)
            // Tables have a '~' before their key, which is no part of it.
            if (line.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
                _values[line[..at].TrimStart('~')] = line[(at + 1)..].Trim();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ClosedLoopException">It cannot be read.</exception>
    public static SpikeGlxMeta Read(string path)
    {
        try
        {
            return new(path, File.ReadAllLines(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"'{path}', which says what the samples of SpikeGLX are, cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Whether a key is there with something behind it.</summary>
    public bool Has(string key) => _values.GetValueOrDefault(key) is { Length: > 0 };

    /// <summary>The text of a key.</summary>
    /// <exception cref="ClosedLoopException">It is missing.</exception>
    public string Text(string key) => Has(key) ? _values[key] : throw ClosedLoopException.Failed($"'{Path}' does not say '{key}', and SpikeGLX writes it; it may have been cut off, copy it again");

    /// <summary>A whole number from 0.</summary>
    /// <exception cref="ClosedLoopException">It is missing or no such number.</exception>
    public long Whole(string key) => long.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(key, "a whole number");

    /// <summary>A number above 0.</summary>
    /// <exception cref="ClosedLoopException">It is missing or no such number.</exception>
    public double Above0(string key) => TryAbove0(Text(key), out var number) ? number : throw Wrong(key, "a number above 0");

    /// <summary>As many whole numbers as asked for, with commas between them.</summary>
    /// <exception cref="ClosedLoopException">They are missing, or others.</exception>
    public int[] Counts(string key, int count)
    {
        var words = Text(key).Split(',');
        var numbers = words.Select(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToArray();
        return numbers.Length == count && numbers.All(number => number is >= 0 and <= 1 << 20) ? numbers : throw Wrong(key, $"{count} whole numbers with commas between them");
    }

    /// <summary>The entries of a table, "(...)(...)", each without its parentheses.</summary>
    /// <exception cref="ClosedLoopException">It is missing or no table.</exception>
    public string[] Table(string key) => Text(key) is ['(', .. var entries, ')'] ? entries.Split(")(") : throw Wrong(key, "a table of entries in parentheses");

    /// <summary>The channels of a list like "0:3,7"; null where it says "all" or is not there.</summary>
    /// <exception cref="ClosedLoopException">It is no such list, or its channels do not rise.</exception>
    public int[]? Channels(string key)
    {
        if (!Has(key) || Text(key) == "all")
            return null;
        List<int> channels = [];
        foreach (var part in Text(key).Split(','))
        {
            var ends = part.Split(':').Select(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToArray();
            if (ends.Length > 2 || ends.Any(end => end is < 0 or > 1 << 20) || ends[^1] < ends[0] || (channels.Count > 0 && ends[0] <= channels[^1]))
                throw Wrong(key, "a rising list like 0:3,7");
            channels.AddRange(Enumerable.Range(ends[0], ends[^1] - ends[0] + 1));
        }
        return [.. channels];
    }

    /// <summary>The error for a value that is not what is needed.</summary>
    public ClosedLoopException Wrong(string key, string needed)
    {
        var value = Text(key);
        return ClosedLoopException.Failed($"'{Path}' has '{key}={(value.Length > 60 ? $"{value[..60]}..." : value)}', and {needed} is needed there");
    }

    /// <summary>Whether a text is a finite number above 0.</summary>
    public static bool TryAbove0(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && number > 0 && double.IsFinite(number);
}
