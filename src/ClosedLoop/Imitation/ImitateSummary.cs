using ClosedLoop.CommandLine;
using ClosedLoop.Physics;
using Spectre.Console;

namespace ClosedLoop.Imitation;

/// <summary>Prints what <c>imitate</c> found.</summary>
internal static class ImitateSummary
{
    public static void Print(ImitateResult result)
    {
        var output = Terminal.Output;
        output.WriteLine($"{result.Policy}: {result.Episodes} episodes of {result.EpisodeLengthS:G4} s on {result.Clips - result.ClipsTooShort} clips, {result.ControlHz:G4} control steps a second");
        output.Write(Compare(result));
        output.Write(Behaviours(result));
        output.Write(Parts(result));
        foreach (var note in result.Notes)
            output.WriteLine($"  note: {note}");
        foreach (var made in result.Figures.Concat(result.Video is { } video ? [video] : Array.Empty<string>()))
            output.WriteLine($"written to {made}");
    }

    private static IEnumerable<(string Name, ImitationMeasures Measures)> Columns(ImitateResult result) =>
        new (string Name, ImitationMeasures Measures)[] { (result.Policy, result), ("servo", result.Servo), ("zero", result.Zero) }.DistinctBy(column => column.Name);

    private static Table Compare(ImitateResult result)
    {
        var columns = Columns(result).ToArray();
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("");
        foreach (var (name, _) in columns)
            table.AddColumn(new TableColumn(Markup.Escape(name)).RightAligned());
        void Row(string what, Func<ImitationMeasures, string> value) => table.AddRow([what, .. columns.Select(column => value(column.Measures))]);
        Row("survival", measures => $"{measures.Survival:P1}");
        Row("ended: fallen, left, unstable", measures => $"{measures.EndedFallen}, {measures.EndedLeftReference}, {measures.EndedUnstable}");
        Row("keypoint error mm, median", measures => Number(measures.MedianTotalErrorMm));
        Row("keypoint error mm, 90 %", measures => Number(measures.P90TotalErrorMm));
        Row("root error mm, median", measures => Number(measures.MedianRootErrorMm));
        Row("pose error mm, median", measures => Number(measures.MedianPoseErrorMm));
        Row("reward a step", measures => Number(measures.Reward));
        Row("return an episode", measures => $"{measures.EpisodeReturn:F0}");
        Row("power W", measures => Number(measures.PowerW));
        Row("controller ms, median", measures => $"{measures.MedianStepMs:F3}");
        Row("controller ms, 99 %", measures => $"{measures.P99StepMs:F3}");
        return table;
    }

    private static Table Behaviours(ImitateResult result)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("behaviour", "steps", "episodes", "survival", "keypoints mm", "root mm", "pose mm");
        foreach (var (name, measures) in result.ByBehaviour)
        {
            table.AddRow(
                Markup.Escape(name), $"{measures.Steps}", $"{measures.Episodes}", double.IsFinite(measures.Survival) ? $"{measures.Survival:P1}" : "-",
                Number(measures.MedianTotalErrorMm), Number(measures.MedianRootErrorMm), Number(measures.MedianPoseErrorMm));
        }
        return table;
    }

    private static Table Parts(ImitateResult result)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("part", "median mm", "90 % mm", "pose mm");
        foreach (var (name, measures) in result.ByPart)
            table.AddRow(Markup.Escape(name.Replace('_', ' ')), Number(measures.MedianErrorMm), Number(measures.P90ErrorMm), Number(measures.MedianPoseErrorMm));
        return table;
    }

    private static string Number(double value) => double.IsFinite(value) ? $"{value:F2}" : "-";
}
