using System.Globalization;
using ClosedLoop.Core;
using ClosedLoop.Display;

namespace ClosedLoop.Training;

/// <summary>Draws what a training run wrote down (curve.csv, validation.csv): errors and losses over time.</summary>
public static class TrainingCurves
{
    private const string Error = "_error_mm", Loss = "_loss";

    /// <summary>Writes error.png and loss.png beside the tables in <paramref name="folder"/>; tables that are not there are left out.</summary>
    /// <exception cref="ClosedLoopException">A table holds something else than numbers.</exception>
    public static void Draw(string folder)
    {
        var learning = Read(Path.Combine(folder, "curve.csv"));
        var unseen = Read(Path.Combine(folder, "validation.csv"));
        if (learning.Count == 0)
            return;
        using var errors = new Chart("How far the bodies are from their reference", "time (minutes)", "median keypoint error (mm)");
        foreach (var (name, points) in Columns(learning, Error))
            errors.AddLine($"{name}, learning", points, broken: true, colourOf: name);
        foreach (var (name, points) in Columns(unseen, Error))
            errors.AddLine(name, points);
        errors.Write(Path.Combine(folder, "error.png"));
        using var losses = new Chart("What a departure from the planner costs", "time (minutes)", "loss (1)");
        foreach (var (name, points) in Columns(learning, Loss))
            losses.AddLine(name, points);
        losses.Write(Path.Combine(folder, "loss.png"));
    }

    private static IEnumerable<(string Name, IEnumerable<(double X, double Y)> Points)> Columns(List<Dictionary<string, double>> rows, string kind) =>
        rows.Count == 0
            ? []
            : rows[0].Keys.Where(name => name.EndsWith(kind, StringComparison.Ordinal)).Select(name => (name[..^kind.Length], rows.Select(row => (row["seconds"] / 60, row[name]))));

    private static List<Dictionary<string, double>> Read(string path)
    {
        if (!File.Exists(path))
            return [];
        var lines = File.ReadAllLines(path);
        string[] names = lines.Length == 0 ? [] : lines[0].Split(',');
        var rows = new List<Dictionary<string, double>>();
        // NB: a run that goes on with an earlier one's files begins again at 0 seconds; its times follow the earlier ones.
        var (before, last) = (0.0, 0.0);
        for (var i = 1; i < lines.Length; i++)
        {
            var cells = lines[i].Split(',');
            if (cells.Length != names.Length)
                throw Wrong(path, i, $"{names.Length} numbers were expected");
            var row = names.Zip(cells, (name, cell) => (name, double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(path, i, $"'{cell}' is no number"))).ToDictionary();
            if (!row.TryGetValue("seconds", out var seconds))
                throw Wrong(path, 0, "a column 'seconds' was expected");
            if (seconds < last)
                before += last;
            last = seconds;
            row["seconds"] = before + seconds;
            rows.Add(row);
        }
        return rows;
    }

    private static ClosedLoopException Wrong(string path, int line, string what) =>
        ClosedLoopException.Failed($"{path}, line {line + 1}: {what}; the table was not written by training/train_policy.py, or was cut off");
}
