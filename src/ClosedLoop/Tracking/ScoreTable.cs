using ClosedLoop.CommandLine;
using Spectre.Console;

namespace ClosedLoop.Tracking;

/// <summary>Prints how each keypoint fared.</summary>
internal static class ScoreTable
{
    public static void Print(IReadOnlyList<KeypointScore> scores, bool hasTruth)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("keypoint", "found", "views", "reprojection px");
        if (hasTruth)
            table.AddColumns("median mm", "95 % mm");
        foreach (var score in scores)
        {
            string[] row = [score.Keypoint, $"{score.Found:P1}", $"{score.MedianViews:F0}", Number(score.MedianReprojectionPx)];
            table.AddRow(hasTruth ? [.. row, Number(score.MedianErrorMm), Number(score.P95ErrorMm)] : row);
        }
        Terminal.Output.Write(table);
    }

    private static string Number(double value) => double.IsFinite(value) ? $"{value:F2}" : "-";
}
