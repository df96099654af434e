using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Reads as much of TOML as calibration files use: tables of texts, truths, numbers and lists of numbers over any number of lines.</summary>
internal static class TomlTables
{
    public static IReadOnlyList<TomlTable> Read(string path)
    {
        var tables = new List<TomlTable> { new(path, "", []) };
        var lines = File.ReadAllLines(path);
        for (var i = 0; i < lines.Length; i++)
        {
            var (first, line) = (i + 1, WithoutComment(lines[i]).Trim());
            if (line.Length == 0)
                continue;
            if (line[0] == '[' && line[^1] == ']' && !line.Contains('=', StringComparison.Ordinal))
            {
                tables.Add(new(path, line[1..^1].Trim(), []));
                continue;
            }
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw ClosedLoopException.Failed($"'{path}', line {first}: '{line}' is neither a table's name nor 'key = value'");
            var value = line[(equals + 1)..].Trim();
            while (value.Count(letter => letter == '[') > value.Count(letter => letter == ']') && value.StartsWith('[') && i + 1 < lines.Length)
                value += " " + WithoutComment(lines[++i]).Trim();
            tables[^1].Values[line[..equals].Trim().Trim('"')] = Value(path, first, value);
        }
        return tables;
    }

    public static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static object Value(string path, int line, string value)
    {
        if (value is "true" or "false")
            return value == "true";
        if (value.Length >= 2 && value[0] == '"' && value[^1] == '"')
            return value[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
        if (value.Length >= 2 && value[0] == '\'' && value[^1] == '\'')
            return value[1..^1];
        var numbers = new List<double>();
        foreach (var word in value.Split(['[', ']', ',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            numbers.Add(double.TryParse(word.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw ClosedLoopException.Failed($"'{path}', line {line}: '{word}' is not a number"));
        return numbers.ToArray();
    }

    private static string WithoutComment(string line)
    {
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
                quoted = !quoted;
            else if (line[i] == '#' && !quoted)
                return line[..i];
        }
        return line;
    }
}
