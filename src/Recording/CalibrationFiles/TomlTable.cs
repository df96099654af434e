using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>One table of a TOML file: texts, truths, and (lists of lists of) numbers laid out one after the other.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Name">The table's name; empty for what stands before the first.</param>
/// <param name="Values">string, bool or double[] by key.</param>
internal sealed record TomlTable(string Path, string Name, Dictionary<string, object> Values)
{
    public string? Text(string key) => Values.GetValueOrDefault(key) as string;

    /// <exception cref="ClosedLoopException">There are not so many numbers.</exception>
    public double[] Numbers(string key, params int[] counts) => Values.GetValueOrDefault(key) is double[] numbers && counts.Contains(numbers.Length)
        ? numbers
        : throw ClosedLoopException.Failed($"[{Name}] in '{Path}' has no '{key}' of {string.Join(" or ", counts)} numbers");
}
