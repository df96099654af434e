using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Reads DeepLabCut's .csv: three rows of titles (scorer, bodyparts, coords), then a row a frame that begins with its
/// number, or with the path of its picture (labels), whose last digits are then its number.
/// </summary>
internal static class DeepLabCutTableReader
{
    public static ImagePointFile Read(string path)
    {
        using var reader = new StreamReader(path);
        var titles = new List<string[]>();
        for (var i = 0; i < 3; i++)
            titles.Add((reader.ReadLine() ?? throw NotDeepLabCut(path)).Split(','));
        if (titles[0][0] != "scorer")
            throw NotDeepLabCut(path);
        if (titles[1][0] == "individuals")
            throw ClosedLoopException.Failed($"'{path}' is a table of several animals; keypoints of one animal are triangulated here: export one individual's table");
        if (titles[1][0] != "bodyparts" || titles[2][0] != "coords" || titles[1].Length != titles[2].Length)
            throw NotDeepLabCut(path);
        // Labels have two more columns for the picture's path, without titles.
        var first = 1;
        while (first < titles[1].Length && titles[1][first].Length == 0)
            first++;
        var columns = new DeepLabCutColumns(path, [.. titles[1].Skip(first).Zip(titles[2].Skip(first))]);
        var (points, confidence, frames) = (new List<double>(), new List<double>(), new List<long>());
        var row = new double[titles[1].Length - first];
        for (var line = 4; reader.ReadLine() is { } text; line++)
        {
            if (text.Length == 0)
                continue;
            var cells = text.Split(',');
            if (cells.Length != row.Length + first)
                throw ClosedLoopException.Failed($"'{path}' is damaged: line {line} has {cells.Length} cells where its titles have {row.Length + first}");
            for (var c = 0; c < row.Length; c++)
                if (!TryNumber(cells[c + first], out row[c]))
                    throw ClosedLoopException.Failed($"'{path}' is damaged: line {line} holds '{cells[c + first]}', which is not a number");
            frames.Add(FrameOf(cells.AsSpan(0, first), frames.Count));
            columns.Take(row, points, confidence);
        }
        return DeepLabCutRows.ToFile(path, "DeepLabCut table", columns.Names, frames, points, confidence);
    }

    private static long FrameOf(ReadOnlySpan<string> cells, int row)
    {
        foreach (var cell in cells)
            if (long.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return number;
        var name = Path.GetFileNameWithoutExtension(cells[^1]);
        var digits = name[(name.AsSpan().LastIndexOfAnyExceptInRange('0', '9') + 1)..];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var picture) ? picture : row;
    }

    private static bool TryNumber(string cell, out double value)
    {
        value = double.NaN;
        return cell.Length == 0 || cell.Equals("nan", StringComparison.OrdinalIgnoreCase)
            || double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static ClosedLoopException NotDeepLabCut(string path) => ClosedLoopException.Failed(
        $"'{path}' is not a table of DeepLabCut: its first three rows are not scorer, bodyparts and coords");
}
