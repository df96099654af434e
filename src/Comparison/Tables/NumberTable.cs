using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// A table of numbers from a file: the first line names the columns, separated by commas, every further line is a bin.
/// Columns named <c>bin</c> or <c>time_s</c> only number the bins and are left out.
/// </summary>
public sealed class NumberTable
{
    private static readonly string[] Numbering = ["bin", "time_s"];

    private NumberTable(string[] names, Matrix values, string[]? labels) => (Names, Values, Labels) = (names, values, labels);

    /// <summary>Of the columns.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Rows are bins. A cell that is empty or says nan is NaN.</summary>
    public Matrix Values { get; }

    /// <summary>The text of the column of labels in each bin; null where there is none.</summary>
    public IReadOnlyList<string>? Labels { get; }

    /// <summary>Reads a table.</summary>
    /// <param name="path">The file.</param>
    /// <param name="labelColumn">Name of a column that holds texts; null: all hold numbers.</param>
    /// <exception cref="ClosedLoopException">It cannot be read, has no names or no bins, or a cell is no number; the line and the column are named.</exception>
    public static NumberTable Read(string path, string? labelColumn = null)
    {
        try
        {
            using var reader = new StreamReader(path);
            return Read(reader, path, labelColumn);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Usage($"the table '{path}' cannot be read: {error.Message}", error);
        }
    }

    private static NumberTable Read(StreamReader reader, string path, string? labelColumn)
    {
        var head = (reader.ReadLine() ?? "").Split(',').Select(name => name.Trim().Trim('"')).ToArray();
        if (head.All(name => name.Length == 0 || double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
            throw ClosedLoopException.Usage($"'{path}', line 1: the first line must name the columns, and it says '{string.Join(',', head.Take(4))}'");
        if (head.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw ClosedLoopException.Usage($"'{path}', line 1: two columns are named '{twice.Key}'; each needs a name of its own");
        var labelAt = labelColumn is null ? -1 : Array.IndexOf(head, labelColumn);
        var place = new int[head.Length];
        var names = new List<string>();
        for (var c = 0; c < head.Length; c++)
        {
            place[c] = c == labelAt || Numbering.Contains(head[c]) ? -1 : names.Count;
            if (place[c] >= 0)
                names.Add(head[c]);
        }
        var (values, labels) = (new List<double>(), labelAt >= 0 ? new List<string>() : null);
        for (var line = 2; reader.ReadLine() is { } text; line++)
        {
            if (text.Length == 0 && reader.Peek() < 0)
                break;
            var c = 0;
            foreach (var range in text.AsSpan().Split(','))
            {
                if (c == head.Length)
                    break;
                var cell = text.AsSpan(range).Trim();
                if (c == labelAt)
                    labels!.Add(cell.Trim('"').ToString());
                else if (place[c] >= 0)
                    values.Add(ToNumber(cell) ?? throw ClosedLoopException.Usage($"'{path}', line {line}: '{cell}' in column '{head[c]}' is no number"));
                c++;
            }
            var commas = text.AsSpan().Count(',');
            if (commas + 1 != head.Length)
                throw ClosedLoopException.Usage($"'{path}', line {line}: there are {commas + 1} cells, and {head.Length} columns are named");
        }
        var bins = names.Count == 0 ? 0 : values.Count / names.Count;
        if (bins == 0)
            throw ClosedLoopException.Usage($"'{path}' holds {(names.Count == 0 ? "no column of numbers" : "no bin")}; a table has a line of names and a line a bin");
        return new([.. names], new(bins, names.Count, [.. values]), labels?.ToArray());
    }

    private static double? ToNumber(ReadOnlySpan<char> cell)
    {
        if (cell.IsEmpty || cell.Equals("nan", StringComparison.OrdinalIgnoreCase))
            return double.NaN;
        return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
