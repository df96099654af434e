using ClosedLoop.CommandLine;
using Spectre.Console;

namespace ClosedLoop.Tracking;

/// <summary>Prints how each keypoint fared.</summary>
internal static class ScoreTable
{
    public static void Print(KeypointScores scores, bool hasTruth)
    {
        var output = Terminal.Output;
        if (hasTruth)
            output.WriteLine($"  error         {scores.MedianErrorMm:F2} mm median, {scores.P95ErrorMm:F2} mm for 95 %, over {scores.Compared} sets that the truth has");
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("keypoint", "found", "views", "reprojection px");
        if (hasTruth)
            table.AddColumns("median mm", "95 % mm");
        foreach (var score in scores.PerKeypoint())
        {
            string[] row = [score.Keypoint, $"{score.Found:P1}", $"{score.MedianViews:F0}", $"{score.MedianReprojectionPx:F2}"];
            table.AddRow(hasTruth ? [.. row, $"{score.MedianErrorMm:F2}", $"{score.P95ErrorMm:F2}"] : row);
        }
        output.Write(table);
    }
}
