using System.Globalization;
using System.Text.RegularExpressions;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// Which cluster each spike of an Axona tetrode was put into: by hand in Tint (.cut; 0 is what belongs to no unit), or by
/// KlustaKwik (.clu; its first cluster, 1, takes what fits nowhere).
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Labels">The cluster of each spike, as the file numbers them.</param>
public sealed partial record AxonaCut(string Path, IReadOnlyList<int> Labels)
{
    /// <summary>Reads a file of either kind.</summary>
    /// <exception cref="ClosedLoopException">It cannot be read, is of no such kind, or is truncated.</exception>
    public static AxonaCut Read(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            return new(path, path.EndsWith(".cut", StringComparison.OrdinalIgnoreCase) ? Cut(path, text) : Clu(path, text));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the cut '{path}' cannot be read: {error.Message}", error);
        }
    }

    private static int[] Cut(string path, string text)
    {
        var start = CutStart().Match(text);
        if (!start.Success)
            throw ClosedLoopException.Failed($"'{path}' is no cut of Tint: there is no line 'Exact_cut_for: TRIAL spikes: N' in it");
        var labels = Numbers(path, text[(start.Index + start.Length)..]);
        return int.TryParse(start.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var promised) && labels.Length == promised
            ? labels
            : throw ClosedLoopException.Failed($"'{path}' promises the clusters of {start.Groups[1].Value} spikes and has {labels.Length}: it was cut off, copy it again");
    }

    private static int[] Clu(string path, string text)
    {
        var numbers = Numbers(path, text);
        if (numbers.Length == 0)
            throw ClosedLoopException.Failed($"'{path}' is no file of KlustaKwik: the number of clusters is missing on its first line");
        var labels = numbers[1..];
        // A cluster can have lost its last spike, so there may be fewer than the first line says, and not more.
        return labels.Distinct().Count() is var found && found <= numbers[0]
            ? labels
            : throw ClosedLoopException.Failed($"'{path}' promises {numbers[0]} clusters on its first line, and {found} are there: it is no file of KlustaKwik, or damaged");
    }

    private static int[] Numbers(string path, string text) =>
    [
        .. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ClosedLoopException.Failed($"'{path}' has '{word}' where the number of a cluster should be")),
    ];

    [GeneratedRegex(@"^Exact_cut_for:.*spikes:\s*(\d+)\s*$", RegexOptions.Multiline)]
    private static partial Regex CutStart();
}
