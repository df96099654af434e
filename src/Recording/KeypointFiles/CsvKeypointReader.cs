using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Reads keypoints from comma-separated text: a header with <c>Snout_x,Snout_y,Snout_z</c> and optionally
/// <c>Snout_confidence</c> for each keypoint (a unit may follow: <c>Snout_x_mm</c>), and optionally the columns
/// <c>frame</c> and <c>time_s</c>. An empty cell or NaN is a missing value.
/// </summary>
internal static class CsvKeypointReader
{
    private const int FrameColumn = -1;
    private const int TimeColumn = -2;
    private const int ConfidenceAxis = 3;
    private static readonly string[] s_fields = ["x", "y", "z", "confidence"];

    /// <summary>What a column holds: keypoint and axis (3: confidence), or one of the two other columns.</summary>
    private readonly record struct Column(string Title, int Keypoint, int Axis);

    public static RawKeypoints Read(string path)
    {
        using var reader = new StreamReader(path);
        var header = reader.ReadLine()
            ?? throw ClosedLoopException.Failed($"'{path}' is empty");
        var names = new List<string>();
        var columns = ReadHeader(path, header.TrimStart('\uFEFF'), names, out var unit);
        var count = names.Count;
        var hasConfidence = columns.Any(column => column.Axis == ConfidenceAxis);

        var positions = new List<double>();
        var confidence = new List<double>();
        var times = new List<double>();
        var frameNumbers = new List<long>();
        var row = new double[columns.Count];
        for (var line = 2; reader.ReadLine() is { } text; line++)
        {
            if (text.Length == 0)
                continue;
            ParseRow(path, line, text, columns, row);
            var frame = frameNumbers.Count;
            frameNumbers.Add(frame);
            positions.AddRange(Enumerable.Repeat(double.NaN, 3 * count));
            confidence.AddRange(Enumerable.Repeat(1.0, count));
            for (var c = 0; c < row.Length; c++)
            {
                var (_, keypoint, axis) = columns[c];
                if (keypoint == FrameColumn)
                    frameNumbers[frame] = double.IsInteger(row[c]) ? (long)row[c] : throw Bad(path, line, columns[c].Title, "is not a whole number");
                else if (keypoint == TimeColumn)
                    times.Add(row[c]);
                else if (axis == ConfidenceAxis)
                    confidence[(frame * count) + keypoint] = row[c];
                else
                    positions[(3 * ((frame * count) + keypoint)) + axis] = row[c];
            }
        }
        return new()
        {
            Kind = "table of keypoints",
            Names = [.. names],
            KeypointCount = count,
            FrameCount = frameNumbers.Count,
            Positions = [.. positions],
            Confidence = hasConfidence ? [.. confidence] : null,
            TimestampsS = times.Count > 0 ? [.. times] : null,
            FrameNumbers = [.. frameNumbers],
            UnitClaim = unit,
        };
    }

    private static List<Column> ReadHeader(string path, string header, List<string> names, out string? unit)
    {
        unit = null;
        var columns = new List<Column>();
        var seen = new HashSet<string>();
        foreach (var title in header.Split(',').Select(cell => cell.Trim().Trim('"')))
        {
            if (!seen.Add(title))
                throw ClosedLoopException.Failed($"'{path}' has the column '{title}' twice");
            if (title is "frame" or "time_s")
            {
                columns.Add(new(title, title == "frame" ? FrameColumn : TimeColumn, 0));
                continue;
            }
            var stem = title;
            if (title.EndsWith("_mm", StringComparison.Ordinal) || title.EndsWith("_m", StringComparison.Ordinal))
            {
                stem = title[..title.LastIndexOf('_')];
                var suffix = title[(stem.Length + 1)..];
                if (unit is not null && unit != suffix)
                    throw ClosedLoopException.Failed($"'{path}' mixes units: the column '{title}' follows columns in {unit}");
                unit = suffix;
            }
            var split = stem.LastIndexOf('_');
            var axis = split > 0 ? Array.IndexOf(s_fields, stem[(split + 1)..]) : -1;
            if (axis < 0)
                throw ClosedLoopException.Failed(
                    $"'{path}' has a column '{title}' that is not understood; columns are frame, time_s, and NAME_x, NAME_y, NAME_z, NAME_confidence for each keypoint");
            var name = stem[..split];
            var keypoint = names.IndexOf(name);
            if (keypoint < 0)
            {
                keypoint = names.Count;
                names.Add(name);
            }
            columns.Add(new(title, keypoint, axis));
        }
        for (var k = 0; k < names.Count; k++)
            for (var axis = 0; axis < 3; axis++)
                if (!columns.Any(column => column.Keypoint == k && column.Axis == axis))
                    throw ClosedLoopException.Failed($"'{path}' lacks the column '{names[k]}_{s_fields[axis]}'");
        return names.Count > 0 ? columns : throw ClosedLoopException.Failed($"'{path}' has no keypoint columns (NAME_x, NAME_y, NAME_z)");
    }

    private static void ParseRow(string path, int line, string text, List<Column> columns, double[] row)
    {
        var c = 0;
        foreach (var range in text.AsSpan().Split(','))
        {
            var cell = text.AsSpan(range).Trim();
            if (c < row.Length && !TryParse(cell, out row[c]))
                throw Bad(path, line, columns[c].Title, $"holds '{cell}', which is not a number");
            c++;
        }
        if (c != row.Length)
            throw ClosedLoopException.Failed(
                $"'{path}' is {(c < row.Length ? "truncated or damaged" : "damaged")}: line {line} has {c} cells where the header has {row.Length}");
    }

    private static bool TryParse(ReadOnlySpan<char> cell, out double value)
    {
        value = double.NaN;
        return cell.IsEmpty
            || cell.Equals("nan", StringComparison.OrdinalIgnoreCase)
            || double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            || TryParseInfinity(cell, out value);
    }

    // numpy writes inf, .NET writes Infinity.
    private static bool TryParseInfinity(ReadOnlySpan<char> cell, out double value)
    {
        value = cell.StartsWith("-", StringComparison.Ordinal) ? double.NegativeInfinity : double.PositiveInfinity;
        return cell.TrimStart("+-").Equals("inf", StringComparison.OrdinalIgnoreCase);
    }

    private static ClosedLoopException Bad(string path, int line, string column, string what) =>
        ClosedLoopException.Failed($"'{path}' is damaged: line {line}, column '{column}' {what}");
}
